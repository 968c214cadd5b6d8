# Object names with collision detection; libgit2's is the detector that git has.
compare_hashing() {
  measure "object names: 16 blobs of 64 MB" \
    "libgit2=$bin/Libgit2Bench hash 64000000 16" "Pando=$bin/PandoBench hash 64000000 16"
  measure "object names: 5,000,000 blobs of 100 bytes" \
    "libgit2=$bin/Libgit2Bench hash 100 5000000" "Pando=$bin/PandoBench hash 100 5000000"
}
