#!/bin/sh
# Runs one stage of `make test`: stage.sh TITLE COMMAND…, with a header and how long it took.
title=$1
shift

printf '\n==> %s\n' "$title"
began=$(date +%s)
"$@"
status=$?
took=$(($(date +%s) - began))

if [ $status -eq 0 ]; then
  printf '    %s: done in %s s\n' "$title" "$took"
else
  printf '    %s: FAILED after %s s\n' "$title" "$took" >&2
fi
exit $status
