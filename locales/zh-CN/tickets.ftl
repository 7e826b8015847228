# 工单与警报卡片

what-smoke = 烟雾报警
what-gas = 燃气泄漏报警
what-carbon_monoxide = 一氧化碳报警
what-sos = 一键呼救
what-fall = 跌倒报警
what-unregistered = 未登记设备报警
what-unreadable = 设备消息读不懂

ticket-title = { $what }：{ $place }
ticket-worker-open = 请马上接单，上门查看。
ticket-worker-open-gas = 敲门，不按门铃，不开灯，不在门内打电话。请马上接单，上门查看。
ticket-worker-again = 设备又报警了，前一次的处置已作废。请重新接单，上门查看。
ticket-worker-acked = { $name }已接单，正在赶去。
ticket-worker-arrived = { $name }已到场。
ticket-worker-resolved = { $name }已处置。设备还没有恢复正常，请留意。
ticket-worker-closed = 已处置完成，设备恢复正常。

ticket-elder-open = 您家的报警器响了。请先到安全的地方，网格员已经收到通知。
ticket-elder-open-gas = 您家的燃气报警器响了。请关阀门、开窗，马上到屋外去。不要开关电灯，不要在屋里打电话。
ticket-elder-acked = { $name }正在赶来，请在安全的地方等一等。
ticket-elder-arrived = { $name }已经到您家门口。
ticket-elder-resolved = { $name }已经处理过了。报警器还没有恢复，我们继续看着。
ticket-elder-closed = 没事了，报警器已经恢复正常。

ticket-family-open = 家里老人处的报警器响了，已通知值班网格员。请先给老人打个电话。
ticket-family-open-gas = 家里老人处的燃气报警器响了，已通知值班网格员。打电话请老人先到屋外，不要在屋里接电话、开关电灯。
ticket-family-nobody-yet = 还没有人接单，请直接拨打 { $number }，并尽快联系老人或邻居。
ticket-family-acked = 网格员{ $name }已接单，正在赶去。
ticket-family-arrived = 网格员{ $name }已到老人家门口。
ticket-family-resolved = 网格员{ $name }已处置。设备还没有恢复正常，我们继续看着。
ticket-family-closed = 已处置完成，设备恢复正常。

field-place = 地点
field-time = 报警时间
field-number = 工单号
field-grid = 网格
field-sent = 已派
field-worker = 接单人
field-device = 设备
field-device-alarming = 仍在报警
field-device-recovered = 已恢复正常

action-ack = 接单
action-arrive = 到场
action-resolve = 处置完成
action-dial = 拨打 { $number }
action-skip = 跳过
action-finish = 完成

ticket-taken = { $who }在 { $time } 已经接了这张单。
ticket-yours-already = 这张单已经在您手里了。
ticket-is-over = 这张单已经处置过了。
ticket-ack-first = 请先接单。
ticket-unknown = 没有找到这张单。
ticket-none-for-words = 现在没有能这样办的工单。回复“我的工单”看看。
ticket-several-for-words = 您手里有 { $count } 张这样的单，请在卡片上点按钮，或回复“我的工单”挑一张。
worker-not-of-grid = 这位同志不负责这个网格，请另选一位。

my-tickets-title = 您手里有 { $count } 张单
my-tickets-none = 现在没有要办的单。
status-open = 待接单
status-acked = 处理中
status-resolved = 已处置，等设备恢复
status-closed = 已结束

resolve-ask-found = 现场是什么情况？
resolve-ask-seen = 怎么确认人是平安的？
resolve-ask-note = 要留句话或发张照片吗？
flow-how-to-answer = 点按钮，或回复数字。回复“取消”可退出。
flow-choose-one = 请在下面选一项，点按钮或回复数字。
flow-cancelled = 已退出，这张单没有改动。
flow-step-is-past = 这一步已经过了，请看最新的卡片。
nothing-to-cancel = 现在没有正在办的事。
note-too-long = 留言请不要超过 { $limit } 个字。
found-real_handled = 确有险情，已处理
found-false_alarm = 误报（做饭、灰尘、误碰）
found-faulty_device = 设备故障
found-test = 测试
seen-in_person = 见到本人
seen-by_voice = 通过话
seen-by_family = 家属确认
seen-not_found = 没见到人，也没联系上
resolve-wait-device = 已记下。等设备恢复正常，这张单就自动结束；{ $wait }还没恢复会再提醒。
wait-minutes = { $count } 分钟
wait-hours = { $count } 小时
resolve-closed = 已处置完成，这张单结束了。辛苦了。
resolve-not-found = 已记下。人还没找到，已重新通知值班人员，请继续联系老人和家属，必要时拨打 110。

event-opened = 报警
event-alarm_again = 设备再次报警
event-reopened = 重新转红，再次通知
event-told = 已通知{ $who }
event-unreachable = { $who }联系不上：没有绑定聊天
event-escalated = 无人接单，已扩大通知
event-dispatched = { $who }派单
event-acked = { $who }接单
event-arrived = { $who }到场
event-not_found = { $who }到场，没找到人
event-resolved = { $who }处置完成：
event-recovered = 设备恢复正常
event-closed = 结束
event-note = 留言：{ $note }
somebody = 系统
