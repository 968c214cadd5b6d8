/// Command lines of `rev-list` and `merge-base` that git and Pando must answer alike.
enum RevListLines {
  /// In the root of the work tree.
  static let lines = #"""
    rev-list main
    rev-list --all
    rev-list
    rev-list nope
    rev-list --all --count
    rev-list --count main
    rev-list --count main..side
    rev-list --count --left-right x1...x2
    rev-list --left-right x1...x2
    rev-list --left-right --boundary x1...x2
    rev-list --boundary main~4..main
    rev-list --objects main
    rev-list --objects --all
    rev-list --objects --all --no-object-names
    rev-list --objects --all --count
    rev-list --objects main~3..main
    rev-list --objects --missing=error --all
    rev-list --objects --missing=allow-any --all
    rev-list --objects --missing=print main
    rev-list --objects --missing=what main
    rev-list --objects --filter=blob:none --all
    rev-list --objects --filter=blob:limit=1 --all
    rev-list --objects --filter=tree:1 main
    rev-list --objects --filter=tree:0 --count main
    rev-list --objects --filter=blob:none --no-filter main
    rev-list --filter=blob:none main
    rev-list --objects --all -- 'd*/s*'
    rev-list --objects --all -- 'dir/*c'
    rev-list --objects --all -- '*b*'
    rev-list --objects main ^side
    rev-list --objects main --not side o1
    rev-list --objects v1.0
    rev-list --objects nested
    rev-list --objects treetag
    rev-list --objects blobtag
    rev-list --objects main:dir
    rev-list --objects main:dir/sub/c
    rev-list --objects main:a main
    rev-list --objects main ^main:dir
    rev-list --objects nested ^v1.0
    rev-list --objects main ^v1.0
    rev-list --objects -2 main
    rev-list --objects --reverse main~2..main
    rev-list --objects --topo-order --all
    rev-list --objects main -- dir
    rev-list --objects main -- a
    rev-list --objects --all -- dir/sub s
    rev-list --objects --first-parent main
    rev-list --objects --skip=2 -3 main
    rev-list --objects --since=1112913000 main
    rev-list --objects --quiet --all
    rev-list --objects 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    rev-list --max-count=3 main
    rev-list --skip=2 --max-count=3 main
    rev-list -3 --all
    rev-list --since=1112912900 --all
    rev-list --until=1112912900 --all
    rev-list --max-age=1112912900 --all
    rev-list --min-age=1112912900 --all
    rev-list --not side --not main
    rev-list main --not side
    rev-list --first-parent main
    rev-list --reverse main
    rev-list --topo-order --all
    rev-list --date-order --all
    rev-list --author-date-order --all
    rev-list --parents --all
    rev-list --parents main -- dir
    rev-list --children --all
    rev-list --children main -- dir
    rev-list --parents --topo-order --full-history main -- a
    rev-list --timestamp -3 main
    rev-list --pretty main -3
    rev-list --pretty=oneline main -3
    rev-list --pretty=oneline --abbrev-commit main -3
    rev-list --pretty=short --all
    rev-list --pretty=raw --all
    rev-list --pretty=fuller --all
    rev-list --format=%s --all
    rev-list --format=%h%n%b main -3
    rev-list --format= main -3
    rev-list --format=format:%h main -3
    rev-list --format="%N|%d|%S" main -3
    rev-list --oneline main -3
    rev-list --header -3 main
    rev-list --header --all
    rev-list --no-commit-header --format=%h -3 main
    rev-list --no-commit-header --format=oneline -3 main
    rev-list --abbrev-commit -3 main
    rev-list --abbrev-commit --abbrev=12 -3 main
    rev-list --abbrev-commit --no-abbrev -3 main
    rev-list --abbrev=5 -3 main
    rev-list --merges --all
    rev-list --no-merges --all
    rev-list --min-parents=2 --max-parents=2 --all
    rev-list --author=Thor --all --count
    rev-list --grep=side -i --all
    rev-list --branches
    rev-list --tags
    rev-list --remotes
    rev-list --glob=refs/heads/o*
    rev-list --exclude=refs/heads/* --all
    rev-list --no-walk main side
    rev-list --no-walk=unsorted main side
    rev-list --ignore-missing 0000000000000000000000000000000000000001 main
    rev-list 0000000000000000000000000000000000000001
    rev-list 0000000000000000000000000000000000000001..main
    rev-list --quiet main
    rev-list --count --since=1112913000 main
    rev-list main -- a
    rev-list main a
    rev-list main nope
    rev-list --foo main
    rev-list --left-only x1...x2
    rev-list --left-only --count x1...x2
    rev-list --left-right --pretty=oneline x1...x2
    rev-list --left-right --pretty x1...x2
    rev-list --branches=none
    rev-list --all --not --all
    rev-list v1.0..v2.0
    rev-list treetag
    rev-list --full-history --all -- s
    rev-list --all -- s
    rev-list --all --topo-order --parents -- s dir
    rev-list --max-count=2 --topo-order side..main
    rev-list odd
    rev-list odd --since=1112920001
    rev-list odd ^main
    rev-list --date-order odd
    rev-list --author-date-order odd main
    rev-list --reverse --count main
    rev-list main^@
    rev-list main~1^!
    rev-list --boundary --topo-order --objects side..main
    rev-list --disk-usage main
    rev-list --disk-usage --all --objects
    rev-list --disk-usage=human --all --objects
    rev-list --disk-usage=human --max-count=1 main
    rev-list --disk-usage=bytes main
    rev-list --disk-usage= main
    rev-list --disk-usage --count main
    rev-list --disk-usage --count --left-right x1...x2
    rev-list --disk-usage --boundary side..main
    rev-list --disk-usage --objects --filter=blob:none main
    rev-list --disk-usage --use-bitmap-index --objects side..main
    rev-list --disk-usage --pretty=oneline main
    rev-list --count --quiet main
    rev-list --filter-print-omitted main
    rev-list --filter-print-omitted --filter=blob:none main
    merge-base main side
    merge-base main
    merge-base
    merge-base x1 x2
    merge-base --all x1 x2
    merge-base -a x1 x2
    merge-base island main
    merge-base main side o1
    merge-base --all main side o1
    merge-base --octopus main side o1
    merge-base --octopus --all x1 x2 side
    merge-base --octopus main
    merge-base --octopus
    merge-base --independent main side o1 x1 x2
    merge-base --independent main
    merge-base --independent
    merge-base --is-ancestor side main
    merge-base --is-ancestor main side
    merge-base --is-ancestor main main
    merge-base --is-ancestor main
    merge-base --is-ancestor main side o1
    merge-base --fork-point main side
    merge-base --fork-point main x1
    merge-base --fork-point main
    merge-base --fork-point main nope
    merge-base --fork-point nope main
    merge-base --fork-point side main
    merge-base nope main
    merge-base main treetag
    merge-base v1.0 main
    merge-base --all --is-ancestor main side
    merge-base --foo
    merge-base main 0000000000000000000000000000000000000001
    """#
}
