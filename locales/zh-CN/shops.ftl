# 附近的店

shops-closed-title = 附近的{ $what }现在都关着
shops-closed-near = 附近的店现在都关着，什么时候开门写在后面
shops-title = 附近的{ $what }
shops-maybe-title = 没听准，您是不是要找{ $what }
shops-name-title = 找到这些店
shops-nearby-title = 离您最近的店
shops-from-home = 从您家算起。
shops-from-sent = 从您发来的位置算起。
shops-from-centre = 从社区中心算起；把位置发给我，就从您站的地方算。
shops-how = { $count ->
    [1] 回复 1 看详细，回复 0 找人帮忙。
    [2] 回复 1、2 看详细，回复 0 找人帮忙。
   *[other] 回复 1、2、3 看详细，回复 0 找人帮忙。
}
shops-none = 附近没有查到“{ $what }”。
shops-none-at-all = 这个社区还没有登记附近的店。
shops-none-next = 换个说法再问我一次，比如“修鞋”“买药”“取快递”；也可以看看附近都有什么店。
shops-no-community = 还不知道您在哪个社区，请联系社区工作人员登记一下。
shop-gone = 这家店已经不在名单里了，请再查一次。
shop-way = 约 { $metres } 米，慢走约 { $minutes } 分钟
shop-way-far = 约 { $km } 公里，慢走约 { $minutes } 分钟
shop-phone = 电话 { $phone }
shop-hours-unknown = 营业时间没有登记
shop-check-first = 去之前最好先打个电话问一声。
shop-always-open = 24 小时开着
shop-open-until = 现在开着，{ $time } 关门
shop-closed = 现在关着
shop-opens-today = 现在关着，今天 { $time } 开门
shop-opens-tomorrow = 现在关着，明天 { $time } 开门
shop-opens-on = 现在关着，{ $day } { $time } 开门
weekday-0 = 周一
weekday-1 = 周二
weekday-2 = 周三
weekday-3 = 周四
weekday-4 = 周五
weekday-5 = 周六
weekday-6 = 周日
word-or = 、
word-comma = ，
word-list = 、
word-semicolon = ；
field-category = 类别
field-way = 路程
field-open = 现在
field-hours = 营业时间
field-address = 地址
field-phone = 电话
field-also = 还可以
action-more = 更多
action-call = 打电话
action-call-to = 打电话给{ $name }
action-route = 怎么走
action-route-to = 去{ $name }怎么走
action-route-amap = 用高德地图看路线
action-ask-person = 找人帮忙
action-browse-circle = 附近都有什么店
place-datum-unknown = 这个位置的坐标系我不认识，请用微信或地图重新发一次位置。
find-line = { $asked }：{ $shops }
find-shop = { $name }（{ $category }，约 { $metres } 米）
find-around = 附近
find-nothing = 没有查到
action-shop-report = 信息不对
shop-fault-closed = 已经关门不做了
shop-fault-moved = 搬走了
shop-fault-hours = 营业时间不对
shop-fault-phone = 电话不对
correct-ask-fault = “{ $name }”哪里不对？
correct-ask-hours = “{ $name }”现在几点开门、几点关门？
correct-ask-phone = “{ $name }”现在的电话是多少？
correct-ask-moved = “{ $name }”搬到哪里去了？
correct-example-hours = 照这样写就行：8:00-20:00，或者“周一到周六 6点半到晚上8点”。
correct-example-phone = 座机带区号，比如 0519-88000000；手机写 11 位。
correct-example-moved = 写个大概就行，比如“菜场东门”；不知道就选下面这个。
correct-where-unknown = 不知道搬到哪里
correct-sure-closed = “{ $name }”已经关门不做了，对吗？
correct-sure-moved = “{ $name }”已经搬走了，对吗？
correct-sure-moved-to = “{ $name }”搬到“{ $said }”了，对吗？
correct-sure-hours = “{ $name }”的营业时间是“{ $said }”，对吗？
correct-sure-phone = “{ $name }”的电话是 { $said }，对吗？
correct-yes = 对的
correct-no = 不是，算了
correct-cancelled = 好的，没有改动。
correct-thanks = 谢谢您告诉我们。
correct-next = { $count ->
    [1] 网格员路过时会去看一眼，看过就改，改好告诉您。
   *[other] 已经有 { $count } 位邻居这样说，网格员路过时会去看一眼，改好告诉您。
}
correct-own-done = “{ $name }”的信息已经按您说的改好了，居民现在查到的就是新的。
shop-hours-unread = 这个营业时间我没看懂。照这样写就行：8:00-20:00。
shop-phone-unread = 这个电话我没看懂。座机带区号，比如 0519-88000000；手机写 11 位。
shop-report-title = 居民说“{ $name }”：{ $fault }
shop-report-look = { $count ->
    [1] 路过时请看一眼，再点下面的按钮。
   *[other] { $count } 位居民都这样说。路过时请看一眼，再点下面的按钮。
}
action-shop-true = 看过了，是这样
action-shop-untrue = 不是，照旧
shop-reports-none = 现在没有要核实的店。
shop-reports-more = { $count ->
    [0] 就这一家要核实。
   *[other] 后面还有 { $count } 家要核实。
}
shop-report-gone = “{ $name }”已经从名单里去掉了。
shop-report-put = “{ $name }”的信息已经改好了。
shop-report-kept = 看过了，“{ $name }”的信息没有变。
shop-report-over = 这条反映已经有人处理过了。
shop-report-too-often = 您刚才反映得很多，先请网格员去看看，过一小时再来说，急的话回复 0 找人。
shop-word-short = 要教的词请写 2 到 { $limit } 个字。
shop-category-unknown = 没有这个类别。相近的有：{ $known }。
