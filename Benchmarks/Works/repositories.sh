# The repositories that are measured.

# The pack of PANDO_CORPUS as a repository at $1, its newest commit as the branch master.
make_corpus() {
  git init -q --bare "$1"
  cp "$PANDO_CORPUS"/*.pack "$1/objects/pack/pack-corpus.pack"
  git -C "$1" index-pack "$1/objects/pack/pack-corpus.pack" >/dev/null
  tip=$(git -C "$1" cat-file --batch-all-objects --batch-check --unordered |
    awk '$2 == "commit" { print $1 }' |
    git -C "$1" rev-list --no-walk --max-count=1 --stdin)
  git -C "$1" update-ref refs/heads/master "$tip"
}

# A seeded history of a key-value store at $1, in one pack that git has made.
make_history() {
  git init -q --bare -b main "$1"
  "$bin/PandoBench" history "${SCALE:-60000}" | git -C "$1" fast-import --quiet
  git -C "$1" repack -adq
}
