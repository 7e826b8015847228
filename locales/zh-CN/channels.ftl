text-answer-by-number = 回复数字选择，回复 0 找人。
text-read-on = 没显示完，回复“更多”接着看。
