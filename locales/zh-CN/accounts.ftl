# 指挥中心的账号、角色、大屏、来访模式

login-again = 这一步已经过期，请从账号和密码重新开始。
login-code-wrong = 动态码不对，或者已经用过。请等下一个动态码再试。
password-weak = 密码至少 { $least } 个字符，不能包含账号名，也不能总是重复几个字符。
password-same = 新密码不能和现在的一样。
password-wrong = 密码不对。
visitors-present = 正在来访模式，涉及个人的内容先不显示。请输入密码结束来访模式后再试。
account-name-wrong = 账号用小写字母开头，3 到 32 个字符，只能用小写字母、数字和 . _ -。
account-person-wanted = 请写姓名（1 到 { $limit } 个字）。
account-taken = 这个账号名已经有人用了，请换一个。
account-unknown = 没有找到这个账号或这个角色。
account-own = 不能改自己的账号，请另一位管理员来办。
role-not-here = 这里不能分配这个角色。
role-grid-wanted = 网格长要选一个网格。
role-apart = 系统、安全、审计三种管理员必须分开，也不能同时处理居民事务。请另建一个账号。
wall-name-wanted = 请给大屏起个名字（1 到 { $limit } 个字）。
wall-unknown = 没有找到这块大屏。

role-operator = 社区管理
role-street = 街道
role-lead = 网格长
role-desk = 值班员
role-system = 系统管理员
role-security = 安全管理员
role-audit = 审计员
