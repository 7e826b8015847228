### 检查设置（python -m ops doctor）里的字。

doctor-ok = 正常
doctor-broken = 有问题
doctor-off = 未启用

doctor-keys-ok = 密钥：SECRET_KEY 和 DATA_KEYS 都有。请确认另外留了备份。
doctor-keys-missing = 密钥：没有 LINLING_SECRET_KEY 或 LINLING_DATA_KEYS。运行 python -m ops keys 生成一对，放进环境变量，并另外留一份。
doctor-keys-unreadable = 密钥：LINLING_DATA_KEYS 的格式不对，应当是“1:32字节的base64”，多个用逗号隔开。
doctor-home-ok = 数据目录：{ $path } 只有本账号能看，还剩 { $free } GB。
doctor-home-missing = 数据目录：{ $path } 不存在。请建好它，或者改 LINLING_HOME。
doctor-home-open = 数据目录：{ $path } 别的账号也能看。请运行 chmod 700 { $path }。
doctor-home-full = 数据目录：{ $path } 只剩 { $free } GB。请清理磁盘或者换大的。
doctor-address = 没有设 { $name }。
doctor-database-ok = 数据库：连得上，表是最新的。
doctor-database-silent = 数据库：连不上。请核对 LINLING_DATABASE_URL 的地址、账号和密码，并确认它在运行。
doctor-database-old = 数据库：表不是这个版本的。请运行 python -m ops migrate。
doctor-worker-ok = 后台进程：worker 的各部分都在工作。
doctor-worker-silent = 后台进程：半分钟没有听到 { $parts }。请确认 python -m worker 在运行，并看它的日志。
doctor-clock-ok = 时间：本机和数据库一致。
doctor-clock-wrong = 时间：本机和数据库差 { $seconds } 秒。请给两台机器都打开时间同步（NTP）。
doctor-redis-ok = Redis：连得上。
doctor-redis-silent = Redis：连不上。请核对 LINLING_REDIS_URL，并确认它在运行。
doctor-mqtt-ok = MQTT：连得上。
doctor-mqtt-silent = MQTT：连不上，设备的报警进不来。请核对 LINLING_MQTT_URL 的地址、账号和密码，并确认它在运行。
doctor-base-ok = 网址：{ $url } 打得开。
doctor-base-plain = 网址：{ $url } 不是 https。请配好证书，并把 LINLING_BASE_URL 改成 https:// 开头。
doctor-base-silent = 网址：从本机打不开 { $url }。请检查域名、证书、反向代理，并确认 python -m bot 在运行。
doctor-channel-ok = { $channel }：密钥和接口都没问题，可以发消息。
doctor-channel-off = { $channel }：没有设 { $prefix }…，不启用。
doctor-channel-half = { $channel }：{ $prefix }… 只设了一部分，没有启用。请照 README 补齐，或者全部去掉。
doctor-channel-silent = { $channel }：问不出结果。请检查网络，过几分钟再试。
doctor-callback-ok = { $channel }：回调地址 { $url } 通。
doctor-callback-silent = { $channel }：回调地址 { $url } 不通，收不到用户的消息。请检查反向代理，改过设置要重启 bot。
platform-ctwing = 天翼物联推送
platform-onenet = OneNET 推送
doctor-push-ok = { $platform }：推送地址 { $url } 通。
doctor-push-off = { $platform }：没有设 { $name }，不启用。
doctor-push-silent = { $platform }：推送地址 { $url } 不通，平台上的设备报警进不来。请检查 LINLING_BASE_URL 和反向代理，改过设置要重启 bot。
doctor-asr-ok = 语音识别：通。
doctor-asr-off = 语音识别：没有设 LINLING_ASR__BASE_URL，不启用，语音会请人打字。
doctor-frigate-ok = 摄像头抓拍：通。
doctor-frigate-off = 摄像头抓拍：没有设 LINLING_FRIGATE__BASE_URL，不启用，卡片上没有现场照片。
doctor-frigate-silent = 摄像头抓拍：{ $url } 没有回应。请核对地址和端口（录像主机自己的 5000 端口），在本机用浏览器打开 { $url }/api/version 应能看到版本号。

text-speech-key = 语音识别：不认密钥。请核对 LINLING_ASR__API_KEY。
text-speech-address = 语音识别：这个地址没有转写接口。LINLING_ASR__BASE_URL 一般以 /v1 结尾。
text-speech-silent = 语音识别：没有回应。请核对 LINLING_ASR__BASE_URL，并确认服务在运行。
