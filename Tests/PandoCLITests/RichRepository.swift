import PandoTestKit

/// A repository with one of everything that history can hold: merges of two and three, criss-cross,
/// nested tags, packed and loose references, reflogs, odd zones, encodings, dates and headers.
struct RichRepository {
  let harness: CommandHarness

  init() throws {
    harness = try CommandHarness()
    let output = try ChildProcess.run(
      "sh", ["-e", "-c", Self.script], in: harness.path(""), environment: GitOracle.scrubbed)
    guard output.status == 0 else { throw OracleFailure(output.errors) }
  }

  private static let script = #"""
    D=1112911993
    tick() {
      D=$((D+60)); export GIT_AUTHOR_DATE="$((D-7200)) ${2:--0700}"
      export GIT_COMMITTER_DATE="$D ${1:--0700}"
    }
    put() { echo "$2" >"$1"; git add "$1"; }
    commit() { tick "$3" "$4"; git commit -q --allow-empty -am "$1"; }
    git init -q -b main .
    mkdir -p dir/sub; put a a; put dir/b b; put dir/sub/c c; commit "Initial commit"
    put a a2
    commit "Second: change a

    Body line one
    	tabbed	line
      indented


    After two blanks.

    Signed-off-by: A U Thor <author@example.com>
    Reviewed-by: R Viewer <r@example.com>" "" +0530
    git tag light; tick; git tag -a -m "annotated v1.0" v1.0
    git checkout -q -b side; put s s; commit "Side one" "" +1245 -0330
    put s s2; commit "Side two
    with a second subject line

    body"
    git checkout -q main; put dir/b b2; commit "Main three"
    tick; git merge -q --no-ff -m "Merge side" side
    git checkout -q -b o1 HEAD~1; put o1 1; commit "octo one"
    git checkout -q -b o2 HEAD~2; put o2 2; commit "octo two"
    git checkout -q main; tick; git merge -q -m "Octopus merge" o1 o2
    tick; git commit -q --allow-empty --allow-empty-message -m ""
    tick; printf 'caf\351 latin\n\nbody \374\n' |
      git -c i18n.commitEncoding=ISO-8859-1 commit -q --allow-empty -F -
    GIT_AUTHOR_NAME="Ünï Çode" commit "ünïcode sübject 日本語 wide"
    commit "  leading space. and... dots (paren) [x]: foo/bar!"
    put dir/sub/c c2; commit "fix(dir): change c"
    git rm -q dir/b; commit "remove b"
    git -c advice.nestedTag=false tag -a -m "tag of tag" nested v1.0
    git tag -a -m "tree tag" treetag HEAD^{tree}; git tag blobtag HEAD:a
    git tag -a -m "second ann" v2.0 main~3
    git update-ref refs/remotes/origin/main main~2; git update-ref refs/remotes/origin/side side
    git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
    git config remote.origin.url /nowhere
    git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'
    git config branch.main.remote origin; git config branch.main.merge refs/heads/main
    git config branch.side.remote .; git config branch.side.merge refs/heads/main
    git branch ambig main~4; git tag ambig side; git branch dir main~1; git branch feature/x side~1
    git update-ref refs/stash main~1; git update-ref refs/notes/foo side
    git symbolic-ref refs/heads/dangling refs/heads/nowhere
    git pack-refs --all; git update-ref refs/heads/side side~0
    git checkout -q side; git checkout -q o1; git checkout -q --detach; git checkout -q main
    put x x; commit "after checkout"; tick; git commit -q --amend -m "after checkout (amended)"
    T=$(git write-tree); P=$(git rev-parse HEAD)
    make() { printf "$1" | git hash-object -t commit -w --stdin --literally; }
    C='committer C <c@e>'
    N="tree $T\nparent"
    P=$(make "$N $P\nauthor No Date <n@e>\n$C 1112920000 +0000\n\nno author date\n")
    P=$(make "$N $P\nauthor  <> 1112920001 +1\n$C 1112920001 -0001\n\n\n \nblank\n \nb\n")
    A='author B < x> y <z> 1112920002 -9999'
    P=$(make "$N $P\n$A\n$C 99999999999 +0000\nencoding latin1\n\ncaf\351")
    git update-ref refs/heads/odd $P
    P=$(make "tree $T\nauthor A <a@b> 1000000000 +0100\n$C 1000000000 +0100\n\nroot\n")
    git update-ref refs/heads/island $P
    git checkout -q -b x1 main~3; put x1 x1; commit x1
    git checkout -q -b x2 main~3; put x2 x2; commit x2
    tick; git merge -q -m x2m x1; git checkout -q x1; tick; git merge -q -m x1m x2~1
    for i in 1 2 3; do
      git checkout -q -b eq$i main~2; put eq$i $i; git commit -qm "equal $i"
    done
    git checkout -q main; git merge -q -m "eqmerge" eq1 eq2 eq3
    git branch aaaa main~5; git update-ref refs/heads/$(git rev-parse main) main~2
    echo "Proper Name <proper@example.com> <author@example.com>" > .mailmap
    git repack -qad; put x y; commit "loose tip"; echo u > untracked
    """#
}
