### 网页上的字：首页、聊天页、指挥中心。整句书写，只用 { $name } 这种占位。

web-brand = 邻铃
web-language = English
web-unreachable = 连不上服务器，请看一下网络。
web-server-failed = 服务器出了点问题，请稍后再试。
web-reconnecting = 正在重新连接…

web-role-resident = 居民
web-role-family = 家属
web-role-elder = 老人
web-role-worker = 网格员
web-role-merchant = 爱心商户
web-role-operator = 指挥中心

## 首页

web-start-page = 邻铃：社区的报警铃和聊天助手
web-start-what = 老人家里和公共场所的设备一有异常，邻铃马上把卡片送到负责的网格员手里，家属和指挥中心同时知道。居民、家属、网格员和商户都在聊天里办事，不用另装软件。
web-start-enter = 从这里进去
web-start-try = 换个身份，进去看看
web-start-try-how = 每张卡片都会打开一个新标签页，可以同时开几个，互不影响。
web-start-chat = 打开聊天
web-start-console = 打开指挥中心
web-start-resident = 附近哪里修鞋、买药，社区有什么活动，问一句就知道；攒下的积分，到店里换东西。
web-start-family = 家里老人的设备一报警，您马上知道，谁在处理也看得见。
web-start-elder = 字大、话短，回个数字就行；家里报警时，告诉您网格员已经在路上。
web-start-worker = 收到报警卡片，接单、到场、处置，都在聊天里完成。
web-start-merchant = 居民拿积分来换东西：输六位兑换码或扫二维码，核对好，点一下就兑换。
web-start-operator = 看全社区的地图和实时数据，把报警派给网格员。
web-start-demo = 演示：走一遍报警的全过程
web-start-demo-what = 选一个设备，让它真的发一条消息，然后看消息怎样一步步传到人的手里。
web-start-kind = 哪一种报警
web-start-kind-smoke = 烟感
web-start-kind-gas = 燃气
web-start-kind-sos = 手环呼救
web-start-device = 哪一个设备
web-start-ring-smoke = 让一个烟感响起来
web-start-ring-gas = 让一个燃气报警器响起来
web-start-ring-sos = 让一个手环呼救
web-start-clear = 让它恢复正常
web-start-no-device = 这里没有这一种设备。
web-start-rung = “{ $name }”已经响了，请照着步骤往下看。
web-start-cleared = “{ $name }”已经恢复正常。
web-start-sent = 设备发出的消息
web-start-steps = 接着看什么
web-start-step-open = 先打开“指挥中心”和“网格员”两个页面，最好并排放着；想看家属这边，再打开“家属”。
web-start-step-ring = 回到这里，让设备响起来。一秒钟左右，地图上的圆点变成红色三角，网格员收到报警卡片，家属也收到通知。
web-start-step-ack = 在网格员的聊天里点“接单”。指挥中心的计时停住，显示是谁接的单，别人手里的卡片也跟着变。
web-start-step-resolve = 点“处置完成”，回答看到了什么、见到了谁。设备还没恢复时，地图上的点是琥珀色菱形。
web-start-step-clear = 回到这里，让设备恢复正常。工单办结，地图上的点变回蓝色圆点。
web-start-failed = 没有成功：{ $reason }

## 聊天页

web-chat-page = 邻铃
web-chat-page-unseen = （{ $count }）邻铃有报警
web-chat-me = { $name } · { $role }
web-chat-large = 大字
web-chat-larger = 再大些
web-chat-log = 对话
web-chat-newest = 有新消息，点这里看
web-chat-field = 要说的话
web-chat-hint = 在这里说…
web-chat-photo = 发照片
web-chat-place = 发我的位置
web-chat-send = 发送
web-chat-sending = 正在发送…
web-chat-again = 没有发出去，点这里再发
web-chat-updated = { $time } 更新
web-chat-folded = { $title }（已有新的卡片）
web-chat-my-photo = 我发的照片
web-chat-my-place = 我的位置
web-chat-photo-unreadable = 这张照片打不开，请换一张试试。
web-chat-picture-gone = 这张照片打不开了。
web-chat-place-unknown = 拿不到您的位置。请在手机设置里允许定位，或者直接把地方写出来。
web-chat-hello = 您好，我是邻铃。有什么事直接跟我说就行；不知道怎么说，就发“帮助”。
web-chat-log-in = 登录已经过期，请从您平时聊天的地方重新打开邻铃。
web-chat-scanned = 扫了客人的兑换二维码

## 指挥中心

web-console-page = 邻铃指挥中心
web-console-page-alarms = （{ $count }）邻铃指挥中心有报警
web-console-login = 登录指挥中心
web-console-account = 账号
web-console-password = 密码
web-console-enter = 登录
web-console-enter-demo = 以演示值班员的身份进入
web-console-log-out = 退出
web-console-on-watch = 值班：{ $name }
web-console-logged-out = 登录已经过期，请重新登录。
web-console-stale = 数据已经 { $seconds } 秒没有更新，正在重新连接…
web-console-stale-since = 数据停在 { $time }，正在重新连接…
web-console-sound-blocked = 声音被浏览器拦住了，点这里打开
web-console-mute = 静音
web-console-muted = 静音到 { $time }，点这里恢复
web-console-map = 社区地图
web-console-map-said = 社区地图：{ $total } 个设备，{ $alarm } 个报警，{ $handled } 个已处置、设备还没恢复，{ $offline } 个离线。报警请看旁边的列表。
web-console-zoom-in = 放大
web-console-zoom-out = 缩小
web-console-whole = 看全社区
web-console-all-kinds = 全部设备
web-console-kinds = 只看一种设备
web-console-legend = 图例
web-console-queue = 待处理
web-console-queue-empty = 现在没有要处理的事。
web-console-queue-keys = G 选最早的报警，A 接单；回车打开，再回车派单。
web-console-new-alarm = 新报警：{ $title }，{ $place }
web-console-close = 关闭
web-console-cluster = 这里的设备
web-console-cluster-count = 共 { $count } 个设备
web-console-cluster-building = 查看这栋楼：{ $name }

web-figure-population = 人口
web-figure-elders = 60 岁以上
web-figure-devices = 设备
web-figure-devices-alarm = { $alarm } 报警 · { $offline } 离线
web-figure-open = 等人接单
web-figure-acked = 处理中
web-figure-resolved = 等设备恢复
web-figure-closed = 今天办结
web-figure-ack-median = 接单用时
web-figure-close-median = 办结用时
web-figure-on-duty = 在岗网格员
web-figure-minutes = { $minutes } 分钟
web-figure-seconds = { $seconds } 秒
web-figure-none = –
web-figure-share = 占 { $percent }%
web-figure-median = 中位数

web-kind-door = 门磁
web-kind-gas = 燃气
web-kind-smoke = 烟感
web-kind-wristband = 手环
web-kind-water = 水表
web-kind-camera = 监控
web-kind-manhole = 井盖
web-kind-fire = 火点监测
web-kind-lane = 消防通道
web-kind-rubbish = 垃圾满溢
web-kind-parking = 停车秩序
web-kind-street = 市容
web-kind-gateway = 网关

web-state-normal = 正常
web-state-alarm = 报警
web-state-handled = 已处置，设备未恢复
web-state-offline = 离线

web-severity-life = 危及生命
web-severity-care = 关爱
web-severity-property = 公共安全
web-severity-maintenance = 设备维护

web-status-open = 等人接单
web-status-acked = { $name } 已接单
web-status-acked-unnamed = 已接单
web-status-resolved = 已处置，等设备恢复
web-status-closed = 已办结

web-ticket-waiting = 已等 { $time }
web-ticket-since = 已过 { $time }
web-ticket-kind = 设备
web-ticket-place = 地点
web-ticket-opened = 发生
web-ticket-acked = 接单
web-ticket-escalation = 提醒
web-ticket-escalation-step = 已升级 { $step } 次
web-ticket-epoch = 次数
web-ticket-epoch-again = 第 { $epoch } 次响起
web-ticket-photo = 看照片
web-ticket-timeline = 经过
web-ticket-no-events = 还没有记录。
web-ticket-workers = 派给谁
web-ticket-workers-none = 现在没有网格员可派。
web-ticket-on-duty = 在岗
web-ticket-off-duty = 不在岗
web-ticket-worker-open = 手上 { $count } 件
web-ticket-dispatch = 派单
web-ticket-dispatched = 已派给 { $name }，卡片正在发过去。
web-ticket-gone = 这件事已经办结。
web-ticket-locate = 在地图上看

web-theme-to-night = 夜间
web-theme-to-day = 白天

web-search = 找楼栋、住户、人、设备
web-search-hint = 找楼栋、住户、人、设备（按 /）
web-search-found = 找到的
web-search-buildings = 楼栋
web-search-flats = 房屋
web-search-people = 居民
web-search-devices = 设备
web-search-more = 还有更多，请再写几个字。
web-search-none = 没有找到。

web-queue-all = 全部
web-queue-statuses = 只看一种进度
web-queue-more = 还有 { $count } 件不太急的没有列出来。

web-keys-title = 快捷键
web-keys-oldest = 选中等得最久的报警
web-keys-next = 选中下一件
web-keys-before = 选中上一件
web-keys-claim = 接下选中的这一件
web-keys-open = 打开选中的，再按一次派单
web-keys-mute = 静音，或恢复声音
web-keys-search = 找楼栋、住户、人、设备
web-keys-close = 关上旁边打开的

web-mute-title = 静音
web-mute-what = 只静这个页面的声音，到时自动恢复，同事看得见。静音以后再来的“危及生命”报警照样会响。
web-mute-how-long = 静多久
web-mute-minutes = { $minutes } 分钟
web-mute-why = 为什么
web-mute-talking = 正在打电话
web-mute-handled = 已经有人在处理
web-mute-drill = 正在演练
web-mute-other = 别的原因（可以不写）
web-mute-begin = 开始静音

web-watch-hand-over = 交班
web-watch-give = 交班
web-watch-give-how = 写下接班的人要知道的事。对方签收以后，您手上的单子就归对方；没签收之前还是您的。
web-watch-note = 交班的话
web-watch-give-now = 交班，等签收
web-watch-waits = 您的交班还没人签收
web-watch-to-sign = { $name }交班，请看一看，签收
web-watch-from = { $name } { $time } 交班
web-watch-no-note = 没有留话。
web-watch-mine = 交班人手上
web-watch-sign = 签收，接班
web-watch-muted = { $name } 静音到 { $time }：{ $reason }

web-calls-title = 打电话
web-calls-duty = 值班电话
web-calls-minds = { $name }，注意：{ $what }
web-calls-noted = 打开这份名单已经记下来。点 119、120、110 会记下您拨过。

web-flat-stair = { $stair } 单元
web-flat-floor = { $floor } 楼
web-flat-people = { $count } 人
web-flat-elder = 老
web-flat-legend = 蓝线：出租；虚线：空置；“老”：有 60 岁以上的人
web-flat-choose = 点一户，看谁住、有什么设备。

web-status-sent = 已派 { $name }，等接单
web-ticket-claim = 我来接单
web-ticket-calls = 打电话
web-ticket-building = 看这栋楼
web-ticket-note = 记一笔
web-ticket-note-keep = 记下
web-ticket-close = 不等设备恢复，写明原因结案
web-ticket-sent = 派给
web-ticket-reachable = 联系得上
web-ticket-unreachable = 联系不上
web-ticket-far = 约 { $distance }（{ $time } 到过的地方）
web-ticket-far-unknown = 位置不明
web-ticket-metres = { $metres } 米
web-ticket-kilometres = { $kilometres } 公里

web-figure-groups = 特殊群体
web-figure-activities = 活动
web-figure-week = 往后 7 天
web-figure-points = 积分
web-figure-points-held = 居民手上

web-building-figures = { $flats } 户，60 岁以上 { $elders } 人，{ $grid }
web-building-flats = 住户
web-building-nobody = 没有登记住户
web-building-no-flats = 这栋楼还没有登记住户。
web-building-devices = 公共设备
web-building-open = 查看
web-building-open-noted = 查看姓名和电话，会记下来，本人看得到
web-building-no-phone = 没有登记电话
web-building-loading = 正在打开…

## 演示里的三部手机

web-start-phones = 微信、企业微信和 Telegram 上是什么样子，打开下面这一页就能看到；收到的卡片可以直接点。
web-start-phones-go = 打开三部手机
web-phones-page = 邻铃：三部手机
web-phones-title = 三部手机
web-phones-what = 手机是模拟的，消息是真的从邻铃走了一遍。三家的接口都由本机的演示程序扮演，没有一条消息发到外面。
web-phones-app-wechat = 微信
web-phones-app-wecom = 企业微信
web-phones-app-telegram = Telegram
web-phones-who-wechat = 老人的女儿
web-phones-who-wecom = 网格员
web-phones-who-telegram = 同一幢楼的邻居
web-phones-name = { $name }（演示）
web-phones-screen = { $app }里的对话
web-phones-empty = 还没有消息。到首页让一个设备响起来，或者在下面说一句话。
web-phones-field = 在{ $app }里要说的话
web-phones-send = 发送
web-phones-place = 发位置
web-phones-picture = 发照片
web-phones-join-wechat = 关注
web-phones-leave-wechat = 取消关注
web-phones-away-wechat = 已经取消关注，收不到消息了。
web-phones-join-wecom = 加入应用
web-phones-leave-wecom = 退出应用
web-phones-away-wecom = 已经退出应用，收不到消息了。
web-phones-join-telegram = 开始（/start）
web-phones-leave-telegram = 停用机器人
web-phones-away-telegram = 已经停用机器人，收不到消息了。
web-phones-sent-place = ［位置］
web-phones-sent-picture = ［照片］
web-phones-sent-contact = ［手机号码］
web-phones-edited = 已更新
web-phones-open = 查看详情
web-phones-changed = 这张卡片刚刚变了，请再看一眼。
web-phones-failed = 没有成功，请再试一次。

web-reach-undelivered = { $count } 条没送到
web-reach-unreachable = { $count } 人联系不上
web-reach-resting = { $name }暂停
web-reach-resting-title = 暂停的渠道
web-reach-rests = { $since } 起暂停，{ $until } 自动再试
web-reach-title = 没送到的和联系不上的
web-reach-all-well = 都送到了，人人都联系得上。
web-reach-card = { $what }（{ $number } 号工单），发给 { $name }
web-reach-reply = 聊天里的一条消息，发给 { $name }
web-reach-resend = 再发一次
web-reach-resend-all = 全部再发一次
web-reach-resent = { $count } 条正在重新发送。
web-reach-ring-up = 这些人现在收不到任何消息，有急事请打电话或上门。
web-reach-left = 取消了关注或退出了聊天
web-reach-never = 还没绑定过聊天
web-channel-web = 网页聊天
web-channel-wechat = 微信
web-channel-miniprogram = 小程序
web-channel-wecom = 企业微信
web-channel-telegram = Telegram

## 网格员手机上的地图

web-field-page = 我的网格
web-field-all = 全部
web-field-none = 这里没有点位。
web-field-points = 点位，报警的排在前面
web-field-kinds = 按种类看
web-field-map = 地图
web-field-no-key = 链接不对或已经过期。请在聊天里说“我的工单”，从那里重新打开。
web-field-stale = 数据没有更新，正在重试…
web-field-take = 接单
web-field-taken = 已接单，请赶过去。
web-field-send = 派单
web-field-send-to = 派给谁？
web-field-sent = 已派给{ $name }。
web-field-people = 联系人和注意事项
web-field-way = 去那里
web-field-close = 关上
web-field-since = { $time } 报警
web-field-by = { $name }已接单
web-field-mine = 您已接单
web-field-drill = 【演练】
web-field-aloud = 报警时念
web-field-floor = { $floor } 楼
web-field-minds = 注意
web-field-calls = 打电话
web-field-no-phone = 没有登记电话
web-field-key = 有钥匙
web-field-dies = 这一页只在这张单没结束时能看，每次查看都有记录。
web-field-on-duty = 在岗
