# 规则、询问、外出报备、静音

rule-schedule = 时段没写对。请写明星期（1 到 7）和起止时间，例如 22:00 到 06:00。
rule-number = 限值要填数字。
rule-span = 这类规则要写明时长，最长 { $days } 天。
rule-times = 次数至少填 2。
rule-life = 危及生命的警报不能延后、关闭或限定时段。生命体征可以要求 60 秒内第二次读数确认，其他的只能一次即报。

care-worker-asking = 正在问家属，还剩 { $minutes } 分钟（等到 { $time }）。不放心可以立即上门。
care-worker-open = 不用再等家属答复，请接单上门看看老人。
care-worker-acked = { $name }已接单，正在赶去。
care-worker-arrived = { $name }已到场。
care-worker-safe = 家里人已确认老人平安，不用上门。4 小时内还没有动静会再提醒。
care-worker-resolved = { $name }已处置。4 小时内还没有动静会再提醒。
care-worker-closed = 这张单结束了，老人平安。
care-elder-asking = 我们有一阵没看到您家的动静，您还好吗？好就点“我平安”，要人帮忙就点“需要帮忙”。{ $time } 前没有回音，网格员会来看您。
care-elder-open = 网格员会来看看您。您要是好着，就点“我平安”。
care-elder-acked = { $name }正在赶来看您。
care-elder-arrived = { $name }已经到您家门口。
care-elder-safe = 知道您平安，我们就放心了。
care-elder-resolved = { $name }已经来看过了。
care-elder-closed = 没事了，您放心。
care-family-asking = 请给老人打个电话，问问平安。联系上了点“平安”，没联系上点“没联系上”。{ $time } 前没有答复，网格员会上门看看。
care-family-open = 已请网格员上门看老人。您联系上了老人，也请告诉我们。
care-family-acked = 网格员{ $name }已接单，正在赶去看老人。
care-family-arrived = 网格员{ $name }已到老人家门口。
care-family-safe = 已知老人平安，这次不上门。4 小时内还没有动静，会再问您。
care-family-resolved = 网格员{ $name }已处置，我们继续留意。
care-family-closed = 没事了，老人平安。

action-go-now = 立即上门
action-safe-yes = 平安
action-safe-no = 没联系上
action-safe-self = 我平安
action-safe-help = 需要帮忙
action-safe-undo = 撤回刚才的回答

safe-ask-how = 您是怎么知道老人平安的？
safe-ask-how-hint = 刚通过话，或者老人就在身边，我们就不上门了。只是猜的，还是会请人去看看。
safe-how-voice = 刚通过话
safe-how-together = 和我在一起
safe-how-guess = 我猜没事
safe-said-self = { $time } 本人说平安
safe-said-voice = { $time } 刚和老人通过话
safe-said-together = { $time } 老人和他（她）在一起
safe-said-guess = { $time } 猜没事，没有把握
safe-said-not_reached = { $time } 没联系上
safe-noted-self = 好的，知道您平安。
safe-noted-voice = 记下了，您刚和老人通过话，这次不上门。
safe-noted-together = 记下了，老人和您在一起，这次不上门。
safe-noted-guess = 记下了。没有把握，我们到时还是请网格员上门看看。您能打通电话再告诉我们。
safe-noted-not_reached = 记下了，已请网格员上门。
safe-undo-until = 说错了可以撤回，{ $time } 前有效。
safe-too-late = 已经过了 10 分钟，不能撤回了。情况有变请直接打电话给社区。
safe-taken-back = 刚才的回答已撤回。
safe-ask-again = 老人现在怎么样？
safe-nobody-asks = 知道了，平安就好。
safe-no-nobody-asks = 现在没有要您确认的事。联系不上老人、心里不踏实，就回复“转人工”，或直接打 110。
somebody-family = 家里人

away-who = 是谁要外出？
away-how-long = { $name }要出去几天？
away-how-long-hint = 点一个，或者直接说日子，例如“十号回来”。
away-offer = { $name }要在您那儿住几天吗？报备一下，这几天没用水、没开门就不再问您。
away-days = { $count } 天
away-day = { $month } 月 { $day } 日（{ $weekday ->
    [1] 周一
    [2] 周二
    [3] 周三
    [4] 周四
    [5] 周五
    [6] 周六
   *[7] 周日
}）
away-confirm = { $name }从 { $begins } 到 { $ends } 不在家，对吗？
away-confirm-hint = 确认后，这几天没用水、没开门不再提醒。烟感、燃气、呼救照常报警。
action-away-confirm = 对，记下
action-away-drop = 不记了
away-dropped = 好的，没有记。
away-noted = 记下了：{ $name }外出到 { $ends }。
away-noted-longest = 记下了：{ $name }外出先记到 { $ends }。一次最多记 14 天，到时会再问您。
away-noted-hint = 提前回来了，点“回来了”或说一声就行。家里一有用水、开门，报备也会自动结束并告诉您。
away-told-elder = { $who }给您报备了外出，到 { $ends } 为止。
away-told-elder-hint = 这几天没用水、没开门，我们不来打扰。您要是在家，点“回来了”。
away-none = 现在没有外出报备。要报备就说一声，例如“妈妈去南京三天”。
away-list = 正在外出的
away-line = { $begins } 到 { $ends }，{ $who }报备
away-ended = 欢迎{ $name }回来，外出报备已结束，各项提醒恢复。
away-used = { $name }家里有动静了，外出报备已自动结束。
away-used-hint = 要是人还没回来，请看看是不是有别人进门，必要时打 110。要是出门前的动静，点“重新报备”。
away-back = 今天是{ $name }报备回来的日子，回来了吗？
away-back-longest = { $name }的外出报备已满 14 天，还没回来的话请再报一次。
away-back-hint = 24 小时内没有消息，也没有动静，我们会问家里人。
action-away-end = 回来了
action-away-end-of = { $name }回来了
action-away-again = 重新报备
action-away-more = 再 { $count } 天
away-nobody = 您还没有绑定住处，也没有绑定老人，先绑定了才能报备外出。
away-no-home = 还没有登记住处，没法报备外出。请联系社区登记。
away-past = 这个日子已经过了，请再说一次哪天回来。
away-over = 这次外出报备已经结束了。

field-signs = 家里其他动静
field-unusual = 和平时不一样
sign-list = ；
sign-never = 从没有过
sign-silent = { $device }没有消息（最后 { $time }）
sign-used = { $device }最后走动 { $time }
sign-unused = { $device }没有走动
sign-opened = { $device }最后开关 { $time }
sign-moved = { $device }最后看到有人 { $time }
sign-worn = { $device }戴着（{ $time }）
sign-unworn = { $device }没戴（{ $time }）
sign-pulse = { $device }心率 { $value }（{ $time }）
unusual-water_total = 平时 { $usual } 前总会用水，今天到 { $now } 还没有
unusual-contact_open = 平时 { $usual } 前总会开门，今天到 { $now } 还没有


silence-longest = 最多 { $minutes } 分钟。
silence-reason = 请写明原因。
silence-live = 这台设备已经有一次静音或测试，请先结束它。
silence-two = 静音要第二个人同意，不能自己同意自己。
silence-over = 这次静音已经开始或已经结束了。
silence-no-device = 没有找到这台设备。

away-remedy = 要是{ $name }还要出去几天，可以顺手报备，免得再误报。
remedy-faulty = 设备已进维修清单，修好前请多留意这户老人。

silence-ask-place = 要静音的设备在哪里？
silence-ask-device = 是哪一台？只静音这一台，别的设备照常报警。
silence-ask-minutes = 静多久？
silence-ask-reason = 为什么要静音？也可以直接写。
silence-why-dust = 装修扬尘
silence-why-cooking = 做饭油烟
silence-why-repair = 检修设备
silence-cancelled = 已退出，没有静音任何设备。
silence-asked = 静音申请已发出：{ $device }，{ $minutes } 分钟。
silence-asked-hint = 要第二个人同意才开始，已问：{ $names }。同意之前它照常报警。
silence-asked-nobody = 要第二个人同意才开始，现在没有人可问，请打电话给值班长。同意之前它照常报警。
silence-request = { $who }想让{ $device }静音 { $minutes } 分钟，同意吗？
silence-request-hint = 静音期间这台设备报警不通知任何人，请先问清现场有没有人看着。别的设备照常报警。
silence-begun = { $device }已静音，到 { $until } 为止。
silence-begun-test = { $device }在测试，到 { $until } 为止。
silence-begun-hint = 这段时间它报警不通知任何人，请有人在现场看着。结束时还在报，会马上通知大家。
silence-agreed = { $who }已同意：{ $device }静音到 { $until }。
silence-ended = { $device }的静音已结束，恢复报警。
silence-refused = { $who }没有同意{ $device }静音，它照常报警。
silence-lapsed = { $device }的静音申请没有开始，它照常报警。
silence-is-over = { $device }的静音结束了，恢复报警。
silence-over-rings = { $device }的静音结束了，它还在报警，已通知值班人员。
silence-over-nothing = 静音期间它没有报过警。
silence-held-rings = 静音期间报过，现在还在报，已通知
silence-held-over = 静音期间报过，现在已恢复
intent-silences = 静音名单
silences-none = 现在没有静音的设备，也没有测试。
silences-how = 要静音一台设备，就说“3幢2单元501烟感静音一小时，装修扬尘”；要试机，就说“测试模式”。
silences-title = 静音和测试：{ $count } 台
silences-waiting = { $who }申请 { $minutes } 分钟，还没有人同意，照常报警
silences-test = { $who }在测试，到 { $until }{ $held ->
    [0] {""}
   *[other] ；期间报过 { $held } 种警
}
silences-line = { $who }申请，{ $second }同意，到 { $until }{ $held ->
    [0] {""}
   *[other] ；期间报过 { $held } 种警
}
action-silence-agree = 同意静音
action-silence-agree-to = 同意静音：{ $device }
action-silence-refuse = 不同意
action-silence-withdraw = 撤回申请
action-silence-end = 提前结束
action-silence-end-of = 结束：{ $device }

proposal-title = 建议调整：{ $device }，{ $what }
proposal-hint = 这次是误报。同意后只对这一户（手环只对本人）生效，{ $days } 天后自动恢复原来的限值。
field-limit-now = 现在的限值
field-limit-proposed = 建议改为
limit-span = { $hours } 小时
limit-heart_rate = { $value } 次/分
limit-spo2 = { $value }%
limit-systolic = { $value } 毫米汞柱
limit-diastolic = { $value } 毫米汞柱
limit-temperature = { $value } ℃
limit-water_total = { $value } 立方米
action-proposal-accept = 同意，用 90 天
action-proposal-decline = 不改
proposal-sent = 已请指挥中心看看要不要调整限值。
proposal-sent-hint = 现在是{ $was }，建议{ $now }。他们同意之前不变。
proposal-accepted = { $device }的限值改为{ $limit }，{ $days } 天后自动恢复。
proposal-declined = { $device }的限值不改。
proposals-none = 没有等着定的限值建议。
proposal-over = 这条建议已经有人定过，或者规则已经变了。

limit-confirm = { $whose }：{ $what }，改成下面的限值吗？
limit-confirm-hint = 只改提醒，不改危急值。改了马上按新限值重新判断。
field-limit-new = 改为
limit-own = { $limit }（本人或厂家的限值）
limit-common = { $limit }（全社区的限值）
action-limit-put = 对，改
limit-put = { $whose }的限值已改。
limit-who = 没有找到，或者不止一位。请把姓名写全，或写上门牌，例如：限值 3幢2单元501陈桂芳 心率 高于 110，医生意见。
limit-source = 请在最后写上依据，例如医生意见，或厂家说明书第几页。
limit-no-rule = 没有这一项规则，没法单独设限值。
limit-bounds = 限值要在 { $least } 和 { $most } 之间，超过了就是危急值。
