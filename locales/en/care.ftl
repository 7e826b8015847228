# Rules, asking first, times away, silence

rule-schedule = The hours are not written right. Please give weekdays (1 to 7) and both times, such as 22:00 to 06:00.
rule-number = The limit must be a number.
rule-span = This kind of rule needs a length of time, at most { $days } days.
rule-times = Please ask for at least 2 times.
rule-life = An alarm of a life cannot be put off, switched off or kept to certain hours. A vital sign may wait for a second reading within 60 seconds; anything else alarms at once.
