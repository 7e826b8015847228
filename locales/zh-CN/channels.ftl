text-answer-by-number = 回复数字选择，回复 0 找人。
text-read-on = 没显示完，回复“更多”接着看。

text-telegram-details = 详情
text-telegram-unreachable = 连不上 Telegram：检查网络和 LINLING_TELEGRAM__API_BASE。
text-telegram-wrong-mode = Telegram 那边的接收方式和 LINLING_TELEGRAM__MODE 不一致：重启 bot 和 worker，它们会重新登记。
text-telegram-webhook-fails = Telegram 推送不到 LINLING_BASE_URL：检查域名、证书和反向代理。
halted-telegram-token = Telegram 不认这个机器人令牌：到 BotFather 核对 LINLING_TELEGRAM__TOKEN，改好后重启。
halted-telegram-poller = 有另一个程序在用同一个机器人令牌收消息：停掉它，或换一个机器人。

text-rest = （接着刚才的）

somebody-worker = 网格员
somebody-neighbour = 一位居民
said-elsewhere = （内容请在邻铃网页里看）

channel-web = 网页聊天
channel-wechat = 微信服务号
channel-miniprogram = 微信小程序
channel-wecom = 企业微信
channel-telegram = Telegram
channel-halted = { $channel }暂时发不出消息

somebody-new = 新邻居
welcome-new = 您好，我是邻铃，您身边的社区助手。
welcome-next = 找店、报名活动、反映问题，直接打字告诉我就行；要找人，回复 0。
action-share-number = 告诉社区我的手机号
link-code = 您的绑定码：{ $code }
link-code-next = 请在 { $minutes } 分钟内，用另一个聊天（微信、企业微信或 Telegram）把“绑定 { $code }”发给邻铃。绑定码只能用一次，不要告诉别人。
link-code-wrong = 这个绑定码不对，或者已经过期。请在原来的聊天里再发一次“绑定账号”，拿个新的。
link-too-often = 绑定码输错太多次了，请过一小时再试，或者回复 0 找人帮您。
link-same-account = 这就是您自己的账号，不用再绑定了。
link-not-new = 这个账号已经登记过别的信息，不能直接合并。请回复 0，让社区工作人员帮您。
link-done = 绑定好了，{ $name }。
link-done-next = 以后两边都能找到您，消息会发到您最近用的那个聊天里。
link-number-foreign = 这不是您本人的手机号。请点下面的按钮，发送自己的号码。
link-number-unknown = 这个手机号还没有在社区登记。
link-number-next = 请到社区居委会登记一下，或者回复 0 找人。
strange-sticker = 表情收到了，可惜我看不懂它的意思。
strange-voice = 语音我暂时听不了，请打字告诉我。
strange-video = 视频我暂时看不了，拍张照片发来就行。
strange-file = 文件我暂时打不开，请打字或者发照片。
strange-link = 链接我暂时打不开，请用文字告诉我。
strange-other = 这个我暂时看不懂，请打字告诉我。
strange-picture-unreadable = 这张照片打不开，请换一张（JPG、PNG 或 WebP）再发一次。
strange-picture-too-big = 这张照片太大了，请发小一点的（6 兆以内）。
strange-unheard = 刚才那段语音没听清，请再说一遍，或者打字。
strange-unfetched = 您刚才发的没有收到，请再发一次。
strange-next = 要找人，回复 0。

link-press-button = 请点聊天窗口最下面的按钮，把手机号发给我。
# 企业微信
wecom-source = 邻铃
wecom-line = { $label }：{ $value }
wecom-phone = 电话
wecom-link = 链接
wecom-choose = 请选一项
wecom-submit = 选好了
wecom-nothing-to-press = 无需操作
halted-wecom-ip = 企业微信不接受这台服务器的地址：请在管理后台这个应用的“企业可信IP”里加上它。
halted-wecom-secret = 企业微信不认这组密钥：请核对企业ID（CORP_ID）和这个应用的 SECRET。
halted-wecom-agent = 企业微信里这个应用用不了：请核对 AGENT_ID，并确认应用已经启用。
halted-wecom-quota = 企业微信今天的调用次数用完了：一小时后自动再试，急事请改用其他渠道或打电话。

wechat-tone-danger = 报警
wechat-tone-warning = 处理中
wechat-tone-success = 已办结
wechat-tone-info = 通知
wechat-tone-neutral = 通知
wechat-see-more = 点开看详情
wechat-name = 邻铃
wechat-date = { $year }年{ $month }月{ $day }日
wechat-menu-services = 办事
wechat-menu-shops = 附近的店
wechat-menu-shops-says = 附近的店
wechat-menu-activities = 社区活动
wechat-menu-activities-says = 社区活动
wechat-menu-rewards = 积分兑换
wechat-menu-rewards-says = 积分兑换
wechat-menu-mine = 我家
wechat-menu-home = 家里情况
wechat-menu-home-says = 家里情况
wechat-menu-points = 我的积分
wechat-menu-points-says = 我的积分
wechat-menu-help = 怎么用
wechat-menu-help-says = 怎么用
wechat-menu-person = 找人
wechat-menu-person-says = 找人

halted-wechat-quota = 微信服务号今天的接口调用次数用完了。请到微信公众平台“接口权限”里查看，每月可以自己清零几次；不清零的话，零点以后恢复。
halted-wechat-address = 微信服务号拒绝了这台服务器的 IP 地址。请到微信公众平台“基本配置”里，把服务器的公网 IP 加入白名单。
halted-wechat-keys = 微信服务号不认现在的 AppID 或 AppSecret，或者这个号没有发消息的权限。请核对设置，并到微信公众平台查看账号状态。
halted-wechat-silent = 连不上微信服务号的接口。请检查服务器能不能访问外网，过几分钟再试。
halted-miniprogram-quota = 微信小程序今天的接口调用次数用完了。请到小程序后台查看用量；不清零的话，零点以后恢复。
halted-miniprogram-address = 微信小程序拒绝了这台服务器的 IP 地址。请到小程序后台“开发设置”里，把服务器的公网 IP 加入白名单。
halted-miniprogram-keys = 微信小程序不认现在的 AppID 或 AppSecret，或者没有开通客服消息。请核对设置，并到小程序后台查看。
halted-miniprogram-silent = 连不上微信小程序的接口。请检查服务器能不能访问外网，过几分钟再试。

duty-no-channel = 值班要能随时收到消息。请先绑定企业微信，或者登录网页聊天，再发“我在岗”。

undelivered-left = 对方取消了关注、退出了，或者没有可用的账号。
undelivered-window = 对方很久没来说话，渠道不让再主动发消息，也没有可用的模板。
undelivered-unlicensed = 企业微信没有给这位成员开通接口许可。
undelivered-silent = 渠道一直没有回应，试了好几次都没发出去。
undelivered-refused = 渠道拒收这条消息。
undelivered-fault = 系统出错，这条消息没能发出去。请把下面的代号告诉维护人员。
undelivered-unknown = 这条消息不在您的社区里。

menus-off = 微信服务号还没有配置，先填 LINLING_WECHAT__APPID 等设置，再运行一次。
menus-failed = 菜单没有推送成功（{ $reason }）。请运行 ops doctor 看看哪里不对。
menus-done = 菜单已推送，{ $count } 个按钮，手机上一天之内会换成新的。
link-recognised = 认出您了，{ $name }：这个微信和您在社区的账号已经连在一起。
link-instead = 不想输码，也可以直接打开：
link-by = 用{ $channel }打开
