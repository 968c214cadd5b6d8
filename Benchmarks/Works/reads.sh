# Every object, whole and headers only.
compare_reads() {
  measure "every object, in ID order: $2" \
    "git cat-file=git -C $1 cat-file --batch-all-objects --batch" \
    "libgit2=$bin/Libgit2Bench read-all $1" \
    "pando cat-file=$pando -C $1 cat-file --batch-all-objects --batch"
  git -C "$1" cat-file --batch-all-objects --batch-check --unordered >"$work/stored"
  measure "every object, in pack order: $2" \
    "git cat-file=git -C $1 cat-file --batch-all-objects --batch --unordered" \
    "libgit2=$bin/Libgit2Bench read-listed $1 <$work/stored" \
    "pando cat-file=$pando -C $1 cat-file --batch-all-objects --batch --unordered"
  measure "kind and size of every object, in ID order: $2" \
    "git cat-file=git -C $1 cat-file --batch-all-objects --batch-check" \
    "libgit2=$bin/Libgit2Bench headers $1" \
    "pando cat-file=$pando -C $1 cat-file --batch-all-objects --batch-check"
}
