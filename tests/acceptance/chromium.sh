#!/bin/sh
# Is there a Chromium for the stories in a browser? On Debian as root it is installed; elsewhere those stories are skipped.
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Debian's chromium for the browser stories, once" >&2
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/tmp/chromium-install.log 2>&1 </dev/null ||
        { tail -n 5 /tmp/chromium-install.log >&2; echo "Chromium could not be installed: browser stories will be skipped." >&2; }
else
    echo "No chromium here (on Debian: sudo apt-get install chromium): browser stories will be skipped." >&2
fi
exit 0
