# 值班、排班、换班、交接

duty-post-worker = 值班网格员
duty-post-backup = 备班
duty-post-lead = 网格长
duty-span = { $day } { $weekday } { $begins }-{ $ends }
duty-span-night = { $day } { $weekday } { $begins } 到第二天 { $ends }
duty-span-days = { $day } { $weekday } { $begins } 到 { $last } { $ends }
duty-field-shift = 班次
duty-begins = 您的班快开始了：{ $grid }{ $post }
duty-begins-next = 开始后 15 分钟内请点“我在岗”，没点的话有警报先找备班。来不了请点“换班”或告诉指挥中心。
duty-missed = 您这一班还没有点“我在岗”：{ $grid }
duty-missed-next = 现在有警报先找备班。您到岗了就点一下，点了马上算在岗。
duty-missed-by = { $name }没有上岗：{ $grid }
duty-missed-by-next = 他上岗前，这个网格的警报先找备班和网格长。要换人请指挥中心在排班里临时指定。
duty-mine = 您接下来有 { $count } 个班
duty-mine-none = 您接下来两周没有班。
duty-calendar = 邻铃值班
duty-entry = { $grid }{ $post }
action-calendar = 放进手机日历

relief-title = { $name }下班了，有 { $count } 张单要您接手
relief-next = 点“全部接下”，单子就到您名下，家属会看到换了人。15 分钟没人接，会重新通知大家。
action-relief = 全部接下
relief-given = 您的班结束了，手上还有 { $count } 张单
relief-asked = 已请 { $names } 接手。接手之前单子还是您的，办完了就点“处置完成”。
relief-asked-nobody = 现在没有别人能接手。单子还是您的，办完了就点“处置完成”；15 分钟后会重新通知大家。
relief-taken = 接过来了，一共 { $count } 张。请看上面的卡片。
relief-empty = 没有要接的了，前面一位都办完了。
relief-is-over = 这份交接已经有人接了，或者已经重新派单了。

intent-swap_shift = 换班
intent-my_shifts = 我的班表
swap-ask-shift = 要换哪一个班？
swap-ask-whom = 请哪一位来上？
swap-none = 您没有还没开始的班可以换。
swap-nobody = 这个班现在没有别的同事有空。请告诉指挥中心。
swap-sent = 已经问{ $name }了。
swap-sent-next = 对方答应之前，这个班还是您的。
swap-cancelled = 好的，不换了，这个班还是您的。
swap-asked = { $name }想请您上这个班，行吗？
action-swap-yes = 我来上
action-swap-no = 换不了
swap-yours = 好的，这个班归您了。开始前会提醒您点“我在岗”。
swap-kept = 好的，已经告诉{ $name }您换不了。
swap-taken = { $name }替{ $giver }上这个班，已经换好。
swap-refused = { $name }换不了，{ $giver }的这个班没有变。
swap-not-yours = 这个班不是您的，或者已经开始了，不能换。
swap-asked-already = 这个班正在问另一位同事，等他回了再换。
swap-is-over = 这次换班已经有结果了，或者班已经开始了。
swap-not-free = 这位同事那个时间有班，或者那天休息。

rota-days = 请选星期一到星期日里的一天或几天。
rota-unknown = 没有找到这一条排班。
shift-span = 临时指定的时间要在以后结束，最长 { $hours } 小时。
shift-there-already = 这位同志在这个网格已经有同一时间开始的班。
office-hours = 时间看不懂，请写成 08:30 这样，星期写 1 到 7。
office-phone = 电话看不懂，请写成 0519-88000000 这样。
