### Words of python -m ops doctor.

doctor-ok = ok
doctor-broken = BROKEN
doctor-off = off

doctor-keys-ok = Keys: SECRET_KEY and DATA_KEYS are there. Make sure that a copy is kept elsewhere.
doctor-keys-missing = Keys: LINLING_SECRET_KEY or LINLING_DATA_KEYS is missing. Run python -m ops keys, put the pair into the environment and keep a copy.
doctor-keys-unreadable = Keys: LINLING_DATA_KEYS is no “1:<base64 of 32 bytes>”, several joined by commas.
doctor-home-ok = Data folder: { $path } is for this account alone, { $free } GB are free.
doctor-home-missing = Data folder: { $path } does not exist. Make it, or change LINLING_HOME.
doctor-home-open = Data folder: other accounts may look into { $path }. Run chmod 700 { $path }.
doctor-home-full = Data folder: only { $free } GB are left for { $path }. Make room, or take a bigger disk.
doctor-address = { $name } is not set.
doctor-database-ok = Database: answers, and its tables are this version’s.
doctor-database-silent = Database: can’t be reached. Check address, account and password in LINLING_DATABASE_URL, and that it runs.
doctor-database-old = Database: its tables are not this version’s. Run python -m ops migrate.
doctor-worker-ok = Worker: all its parts work.
doctor-worker-silent = Worker: nothing heard for half a minute of { $parts }. Check that python -m worker runs, and its log.
doctor-clock-ok = Clock: this machine and the database agree.
doctor-clock-wrong = Clock: this machine and the database differ by { $seconds } s. Switch on time synchronisation (NTP) on both.
doctor-redis-ok = Redis: answers.
doctor-redis-silent = Redis: can’t be reached. Check LINLING_REDIS_URL, and that it runs.
doctor-mqtt-ok = MQTT: answers.
doctor-mqtt-silent = MQTT: can’t be reached, so no device’s alarm comes in. Check address, account and password in LINLING_MQTT_URL, and that it runs.
doctor-base-ok = Address: { $url } opens.
doctor-base-plain = Address: { $url } is not https. Get a certificate and let LINLING_BASE_URL begin with https://.
doctor-base-silent = Address: { $url } does not open from this machine. Check domain, certificate and proxy, and that python -m bot runs.
doctor-channel-ok = { $channel }: credentials and interface are well, messages can be sent.
doctor-channel-off = { $channel }: off, as { $prefix }… is not set.
doctor-channel-half = { $channel }: off, as { $prefix }… is set only in part. Complete it by the README, or take it all away.
doctor-channel-silent = { $channel }: gave no answer. Check the network and try again in some minutes.
doctor-callback-ok = { $channel }: the callback address { $url } is open.
doctor-callback-silent = { $channel }: the callback address { $url } does not answer, so nothing that people write comes in. Check the proxy; after changing settings restart bot.
platform-ctwing = CTWing pushes
platform-onenet = OneNET pushes
doctor-push-ok = { $platform }: the address { $url } answers.
doctor-push-off = { $platform }: { $name } is not set, so it is off.
doctor-push-silent = { $platform }: the address { $url } does not answer, so alarms of that platform's devices don't come in. Check LINLING_BASE_URL and the reverse proxy; restart bot after a change.
doctor-asr-ok = Speech: answers.
doctor-asr-off = Speech: off, as LINLING_ASR__BASE_URL is not set; who sends voice is asked to write.
doctor-frigate-ok = Pictures of cameras: answers.
doctor-frigate-off = Pictures of cameras: off, as LINLING_FRIGATE__BASE_URL is not set; cards come without a picture.
doctor-frigate-silent = Pictures of cameras: { $url } does not answer. Check address and port (the recorder's own port 5000): { $url }/api/version must show a version in this machine's browser.

text-speech-key = Speech: the key is refused. Check LINLING_ASR__API_KEY.
text-speech-address = Speech: there is no transcription at this address. LINLING_ASR__BASE_URL mostly ends with /v1.
text-speech-silent = Speech: no answer. Check LINLING_ASR__BASE_URL, and that the service runs.
