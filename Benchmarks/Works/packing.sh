# Writing a pack of everything: every delta found anew, and deltas reused.
compare_packing() {
  scratch="pack-objects --all --stdout -q --no-reuse-delta --window=10 --depth=50"
  reuse="pack-objects --all --stdout -q"
  for threads in 1 2; do
    measure "pack-objects from scratch, $threads thread(s): $2" \
      "git=git -C $1 $scratch --threads=$threads </dev/null" \
      "libgit2=$bin/Libgit2Bench pack $1 $threads" \
      "pando=$pando -C $1 $scratch --threads=$threads </dev/null"
  done
  measure "pack-objects reusing deltas: $2" \
    "git=git -C $1 $reuse </dev/null" "pando=$pando -C $1 $reuse </dev/null"
  # shellcheck disable=SC2086
  git_size=$(git -C "$1" $scratch --threads=1 </dev/null | wc -c)
  # shellcheck disable=SC2086
  pando_size=$("$pando" -C "$1" $scratch --threads=1 </dev/null | wc -c)
  printf '\nSize from scratch: git %s, pando %s bytes, ratio %s.\n' "$git_size" "$pando_size" \
    "$(awk "BEGIN { printf \"%.3f\", $pando_size / $git_size }")"
}
