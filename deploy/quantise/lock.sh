#!/usr/bin/env bash
# Makes the two lock files anew. Needs uv, and a CPU build of torch where pip looks for packages.
#   deploy/quantise/lock.sh 0.14.0
set -euo pipefail
cd "$(dirname "$0")"
version=${1:?name a version of llmcompressor, such as 0.14.0}
left_out=$(mktemp)
trap 'rm -f "$left_out"' EXIT
for name in torchvision triton; do echo "$name ; python_version < '3'"; done >"$left_out"

find_links=$(python3 -m pip config get global.find-links 2>/dev/null || true)
lock() { # lock FILE WHERE TORCH [OPTION...]
  local file=$1 where=$2 torch=$3
  shift 3
  {
    echo "# llm-compressor on $where: every package, exactly. Made by deploy/quantise/lock.sh; install with --no-deps."
    printf '%s\n' "llmcompressor==$version" "$torch" |
      uv pip compile - --python-version 3.11 --no-annotate --no-header --quiet "$@"
  } >"$file.new"
  mv "$file.new" "$file"
}
lock cpu.lock "a CPU" "torch==2.13.0+cpu" --override "$left_out" ${find_links:+--find-links "$find_links"}
lock cuda.lock "a CUDA machine" "torch==2.13.0" --python-platform x86_64-manylinux_2_28
