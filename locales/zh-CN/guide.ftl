# 引导：能做什么、猜您想做什么、还不能做什么

intent-help = 看菜单
intent-human = 找人帮忙
intent-emergency = 遇到危险，马上求助
intent-language = 换语言
intent-privacy = 我的个人信息
intent-smalltalk = 打个招呼
intent-find_shop = 找一家店
intent-browse_circle = 附近的店
intent-list_activities = 社区活动
intent-join_activity = 活动报名
intent-leave_activity = 退出活动
intent-my_activities = 我报的活动
intent-check_in = 活动签到
intent-points_balance = 我的积分
intent-points_history = 积分明细
intent-list_rewards = 积分换东西
intent-redeem = 兑换礼品
intent-report_problem = 报修、反映问题
intent-report_status = 问上次报的事
intent-elder_status = 看家里设备
intent-bind_elder = 绑定老人
intent-set_away = 外出报备
intent-end_away = 我回来了
intent-bind_home = 登记我的住址
intent-announcements = 社区通知
intent-my_tickets = 我的工单
intent-resident_lookup = 查住户
intent-elder_record = 看老人资料
intent-request_device = 申请设备
intent-register_device = 登记设备
intent-device_requests = 设备申请名单
intent-device_status = 查设备
intent-visit_plan = 走访计划
intent-record_visit = 记一次走访
intent-duty_on = 我在岗
intent-duty_off = 下班
intent-ticket_ack = 接单
intent-ticket_arrive = 我到场了
intent-ticket_transfer = 转派
intent-ticket_help = 请求支援
intent-ticket_resolve = 处置完成
intent-confirm_redemption = 核销兑换码
intent-settlement = 对账结算

unsure-title = 我没太听明白，您是不是想……
unsure-again = 还是没听明白，要不要找个人帮您？
unsure-next = 点一下，或者回复前面的数字。换个说法再讲一遍也行。

not-yet-next = 这件事现在要请社区的人来办，点“找人帮忙”就行。
not-yet-check_in = 签到我这里还不能办。到了现场，请跟活动负责人说一声，由他登记。
not-yet-report_problem = 报修我这里还不能登记。
not-yet-report_status = 报修的进度我这里还查不到。
not-yet-announcements = 社区通知我这里还看不到。
not-yet-visit_plan = 走访计划我这里还没有。
not-yet-record_visit = 走访记录我这里还不能登记，请先记在本子上。
not-yet-settlement = 对账结算我这里还不能办。

smalltalk-hello = 您好，我是邻铃，有事您说。
smalltalk-welcome = 不客气，有事随时找我。
smalltalk-bye = 再见，您多保重。有事随时找我。

language-name = 中文
language-which = 您想用哪种语言？
language-set = 好的，以后跟您说中文。

privacy-title = 您的个人信息
privacy-kept = 存了什么
privacy-kept-text = 您的姓名、电话、住址，和您在这里办过的事。都加了密。
privacy-seen = 谁能看
privacy-seen-text = 管您这一片的网格员和社区值班的人，办事要用时才看。家属只看自己家的老人，商户只看得到姓氏和积分。
privacy-asked = 要看、要改、要删
privacy-asked-text = 请找社区的人办，点“找人帮忙”。

devices-all-normal = 您管的 { $total } 台设备都正常。
devices-not-normal = 您管的 { $total } 台设备里，有 { $count } 台不正常。
devices-more = 还有 { $count } 台没有列出来，请在指挥中心的地图上看。

duty-on = 好的，您在岗了：{ $grids }。有警报我马上告诉您。
duty-off = 好的，您下班了：{ $grids }。
duty-off-next = 这一班里再有警报，先找备班。要重新上岗，回复“我在岗”。
duty-no-shift = 排班表上您现在没有班，请跟指挥中心说一声。
duty-tickets-open = 您手上还有 { $count } 张单没办完，先办完再下班；办不完请指挥中心派人接手。

ticket-help-asked = 已经通知 { $names }，请他们来帮您。
ticket-help-next = 情况危险，请直接拨打 110、119 或 120。
ticket-help-not-yours = 先接单，才能请人支援。
ticket-help-nobody = 现在没有别人可以通知，请直接打电话给指挥中心。
