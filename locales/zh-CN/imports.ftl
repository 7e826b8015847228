# 导入表格

import-fault = 第 { $row } 行“{ $column }”：{ $problem }
import-fault-value = 第 { $row } 行“{ $column }”写的是“{ $value }”：{ $problem }
import-ignored = 这几列没有用到：{ $columns }
import-nothing-written = 共 { $rows } 行，有 { $faults } 处要改。没有写入任何内容；改好再导入，或加上 --skip-bad 先写好的。
import-checked = 共 { $rows } 行，{ $good } 行没有问题，{ $faults } 处要改。只是检查，没有写入。
import-written = 共 { $rows } 行：新增 { $added }，更新 { $changed }，没有变化 { $same }。
import-bad-file = 有问题的行写在 { $file }，改好后可以直接导入。
export-written = 写好了 { $rows } 行：{ $file }
file-missing = 没有找到文件 { $file }
file-too-large = 文件太大了（超过 { $limit } 兆），请分成几个
file-not-read = 只认得 .csv 和 .xlsx，不认得 { $kind }
file-not-written = 只会写 .csv 和 .xlsx，不会写 { $kind }
file-no-csv = 这个文件不是 csv 表格（里面有不是文字的内容）
file-encoding = 文字的编码认不出来，请另存为 UTF-8 的 csv
file-quotes = csv 的引号或分隔不对：{ $fault }
file-no-xlsx = 这个 xlsx 打不开，请用表格软件重新保存一次
file-empty = 这个表格是空的
fault-empty = 不能空着。
fault-too-long = 太长了，最多 { $limit } 个字。
fault-not-text = 里面有不能保存的符号（比如开头的 = 或 @）。
fault-category-like = 分类表里没有这个类别，是不是：{ $known }？
fault-category = 分类表里没有这个类别。可以填：{ $known }。
fault-number = 不是数字，请写成 120.0612 这样。
fault-swapped = 经度和纬度好像填反了。
fault-not-in-china = 不在中国范围内，请核对小数点。
fault-datum-empty = 请写明坐标是哪一种：WGS84（GPS）、GCJ02（高德、腾讯）或 BD09（百度）。不写明会差出五百米。
fault-datum = 不认识这种坐标系，请写 WGS84、GCJ02 或 BD09。
fault-phone = 不像电话号码，请写成 0519-88000000 或手机号；有几个用“、”分开。
fault-hours = 看不懂，请写成“8:00-20:00”或“周一至周五 8:30-17:00；周六 8:30-12:00”；不清楚就空着。
fault-twice = 和第 { $row } 行是同一家店（名称和地址都一样）。
fault-column-missing = 第一行的标题里没有这一列。
fault-column-twice = 第一行里有两列叫这个名字。
fault-no-rows = 标题下面一行内容也没有。
