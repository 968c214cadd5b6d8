# Object names with collision detection; libgit2's detector is the one that git has. Of large files
# all read the file; of small objects each hashes what it has in memory.
compare_hashing() {
  head -c 64000000 /dev/urandom >"$work/large"
  files=$(yes "$work/large" | head -n 16 | tr '\n' ' ')
  measure "object names: a file of 64 MB, 16 times" \
    "git=git hash-object $files" "libgit2=$bin/Libgit2Bench hash-file $work/large 16" \
    "pando=$pando hash-object $files"
  measure "object names: 5,000,000 objects of 100 bytes" \
    "libgit2=$bin/Libgit2Bench hash 100 5000000" "Pando=$bin/PandoBench hash 100 5000000"
}
