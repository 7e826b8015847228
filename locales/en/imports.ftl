# Importing tables

import-fault = Row { $row }, "{ $column }": { $problem }
import-fault-value = Row { $row }, "{ $column }" is "{ $value }": { $problem }
import-ignored = These columns were not used: { $columns }
import-nothing-written = { $rows } rows with { $faults } faults. Nothing was written; mend them and import again, or write the good ones with --skip-bad.
import-checked = { $rows } rows, { $good } without a fault, { $faults } faults. Only checked, nothing was written.
import-written = { $rows } rows: { $added } added, { $changed } changed, { $same } unchanged.
import-bad-file = The faulty rows are in { $file }; mend them and import that file.
export-written = { $rows } rows were written to { $file }
file-missing = There is no file { $file }
file-too-large = The file is too large (over { $limit } MB); please split it
file-not-read = Only .csv and .xlsx can be read, not { $kind }
file-not-written = Only .csv and .xlsx can be written, not { $kind }
file-no-csv = This file is no csv table (it holds what is not text)
file-encoding = The encoding of the text is unknown; please save it as csv in UTF-8
file-quotes = The quotes or separators of the csv are wrong: { $fault }
file-no-xlsx = This xlsx cannot be opened; please save it again with a spreadsheet program
file-empty = This table is empty
fault-empty = It must not be empty.
fault-too-long = Too long, { $limit } characters at most.
fault-not-text = It holds signs that cannot be kept (such as = or @ at the beginning).
fault-category-like = There is no such category. Is it one of these: { $known }?
fault-category = There is no such category. There are: { $known }.
fault-number = Not a number. Write it like 120.0612.
fault-swapped = Longitude and latitude seem to be swapped.
fault-not-in-china = Not within China. Please check the decimal point.
fault-datum-empty = Please name the datum: WGS84 (GPS), GCJ02 (Amap, Tencent) or BD09 (Baidu). The wrong one is half a kilometre off.
fault-datum = This datum is unknown. Write WGS84, GCJ02 or BD09.
fault-phone = Not a telephone number. Write it like 0519-88000000 or a mobile number; part several by "、".
fault-hours = Not understood. Write it like "8:00-20:00" or "周一至周五 8:30-17:00；周六 8:30-12:00"; leave it empty when unknown.
fault-twice = The same shop as in row { $row } (same name and address).
fault-column-missing = The first row has no such header.
fault-column-twice = Two columns of the first row have this name.
fault-no-rows = There are no rows below the headers.
