### 指挥中心的名单和表单：标题、栏目、能做的事、空名单时怎么办。

list-people = 居民
list-devices = 设备
group-of-homes = 人与房
group-of-devices = 设备

empty-people = 这里没有居民。换个条件再找，或者用“导入”把花名册传上来。
empty-devices = 这里没有设备。换个条件再找，或者用“导入”把设备清单传上来。

col-name = 名称
col-phone = 电话
col-building = 幢
col-flat = 室
col-grid = 网格
col-elder = 老人
col-groups = 特殊群体
col-group = 特殊群体
col-standing = 人户状态
col-state = 状态
col-kind = 类型
col-battery = 电量 %
col-last_seen = 最近上报
col-source = 接入方式
col-model = 型号

act-open = 查看
list-yes = 是
list-no = 否
lives-here = 人户一致
list-place-wrong = 这一页接不上了，请从头打开名单。
list-filter-wrong = 筛选条件不对，请重新选择。

list-undelivered = 没送到的消息
list-unreachable = 联系不上的人
group-of-delivery = 消息送达
empty-undelivered = 都送到了，没有要重发的。
empty-unreachable = 人人都联系得上。
col-since = 时间
col-who = 谁
col-what = 什么
col-number = 工单号
col-channel = 渠道
col-cause = 原因
col-detail = 渠道的说法
col-role = 角色
col-where = 哪里
col-left = 情况
act-resend = 再发一次
act-resend-all = 全部再发一次
sure-resend-all = 把名单里的消息都再发一次？已经办结的工单，收到的人看到的是现在的样子。
list-reply = 聊天里的回话
list-left = 取消了关注或退出了聊天，请打电话
list-never = 还没有加过任何渠道，请打电话
role-worker = 网格员
role-elder = 老人
role-family = 家属
