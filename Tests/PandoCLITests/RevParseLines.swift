/// Command lines of `rev-parse` that git and Pando must answer alike.
enum RevParseLines {
  /// In the root of the work tree, in a bare repository.
  static let lines = #"""
    rev-parse HEAD
    rev-parse @
    rev-parse main side
    rev-parse HEAD~
    rev-parse HEAD~3
    rev-parse HEAD^
    rev-parse HEAD^0
    rev-parse HEAD^^
    rev-parse HEAD~2^1
    rev-parse main~1^2 main~1^3 main~1^4
    rev-parse main~1^5
    rev-parse HEAD~9999
    rev-parse HEAD~99999999999999
    rev-parse v1.0
    rev-parse v1.0^{}
    rev-parse v1.0^{commit}
    rev-parse v1.0^{tree}
    rev-parse v1.0^{tag}
    rev-parse v1.0^{blob}
    rev-parse v1.0^0
    rev-parse v1.0~1
    rev-parse nested^{}
    rev-parse nested^{tag}
    rev-parse treetag^{commit}
    rev-parse treetag^{tree}
    rev-parse treetag^{}
    rev-parse treetag~1
    rev-parse blobtag
    rev-parse blobtag^{tree}
    rev-parse HEAD^{object}
    rev-parse HEAD^{nonsense}
    rev-parse HEAD:a
    rev-parse HEAD:
    rev-parse HEAD:dir
    rev-parse HEAD:dir/
    rev-parse HEAD:dir/sub/c
    rev-parse HEAD:a/b
    rev-parse HEAD:nope
    rev-parse HEAD:/a
    rev-parse HEAD:dir//sub
    rev-parse nope:a
    rev-parse nope
    rev-parse treetag:dir
    rev-parse v1.0:a
    rev-parse HEAD:untracked
    rev-parse :a
    rev-parse :0:a
    rev-parse :1:a
    rev-parse :nope
    rev-parse :untracked
    rev-parse :./a
    rev-parse HEAD:./a
    rev-parse HEAD:../a
    rev-parse :/Main
    rev-parse :/nomatch
    rev-parse ':/!-M'
    rev-parse ':/!!x'
    rev-parse ':/!x'
    rev-parse ':/^S.*two'
    rev-parse HEAD^{/Side}
    rev-parse 'HEAD^{/}'
    rev-parse 'HEAD^{/(one|two)}'
    rev-parse 'HEAD^{/zzz}'
    rev-parse 'HEAD^{/!-after}'
    rev-parse HEAD@{0}
    rev-parse HEAD@{1}
    rev-parse HEAD@{5}
    rev-parse HEAD@{1000}
    rev-parse main@{1}
    rev-parse main@{0}
    rev-parse @{1}
    rev-parse @{3}
    rev-parse main@{99}
    rev-parse @{99}
    rev-parse main@{yesterday}
    rev-parse main@{2005-04-07}
    rev-parse 'main@{2005-04-07 22:20:00}'
    rev-parse 'main@{1112912600}'
    rev-parse 'main@{1112913000 +0000}'
    rev-parse 'main@{nonsense}'
    rev-parse side@{1}
    rev-parse light@{0}
    rev-parse @{-1}
    rev-parse @{-2}
    rev-parse @{-3}
    rev-parse @{-1}~1
    rev-parse @{-99}
    rev-parse @{-0}
    rev-parse @{-1}@{0}
    rev-parse @{u}
    rev-parse @{upstream}
    rev-parse main@{u}
    rev-parse main@{UPSTREAM}
    rev-parse side@{u}
    rev-parse o1@{u}
    rev-parse nope@{u}
    rev-parse main@{push}
    rev-parse side@{push}
    rev-parse @{push}
    rev-parse @{u}~1
    rev-parse ambig
    rev-parse heads/ambig
    rev-parse tags/ambig
    rev-parse refs/heads/ambig
    rev-parse origin
    rev-parse origin/main
    rev-parse remotes/origin/main
    rev-parse stash
    rev-parse refs/stash
    rev-parse dangling
    rev-parse feature/x
    rev-parse dir
    rev-parse a
    rev-parse untracked
    rev-parse aaaa
    rev-parse main..side
    rev-parse main...side
    rev-parse ..side
    rev-parse side..
    rev-parse ...side
    rev-parse ..
    rev-parse ...
    rev-parse ^main
    rev-parse ^main side
    rev-parse main^@
    rev-parse main~1^@
    rev-parse main~1^!
    rev-parse main~1^-
    rev-parse main~1^-2
    rev-parse main~1^-9
    rev-parse main~1^-x
    rev-parse main^!
    rev-parse ^main~1^@
    rev-parse island...main
    rev-parse x1...x2
    rev-parse v1.0..v2.0
    rev-parse treetag..main
    rev-parse --verify HEAD
    rev-parse --verify nope
    rev-parse --verify -q nope
    rev-parse -q --verify HEAD
    rev-parse --verify HEAD main
    rev-parse --verify
    rev-parse --verify ^HEAD
    rev-parse --verify HEAD^{tree}
    rev-parse --verify 0000000000000000000000000000000000000000
    rev-parse 0000000000000000000000000000000000000001
    rev-parse 0000000000000000000000000000000000000001^0
    rev-parse --short HEAD
    rev-parse --short=4 HEAD
    rev-parse --short=12 HEAD
    rev-parse --short=100 HEAD
    rev-parse --short=1 HEAD
    rev-parse --short HEAD main
    rev-parse --short nope
    rev-parse --abbrev-ref HEAD
    rev-parse --abbrev-ref @{u}
    rev-parse --abbrev-ref main@{u}
    rev-parse --abbrev-ref refs/heads/side
    rev-parse --abbrev-ref ambig
    rev-parse --abbrev-ref heads/ambig
    rev-parse --abbrev-ref=strict heads/ambig
    rev-parse --abbrev-ref=loose heads/ambig
    rev-parse --abbrev-ref=bogus HEAD
    rev-parse --abbrev-ref HEAD~1
    rev-parse --abbrev-ref origin/HEAD
    rev-parse --abbrev-ref origin
    rev-parse --abbrev-ref stash
    rev-parse --symbolic main HEAD~2
    rev-parse --symbolic --all
    rev-parse --symbolic ^main main..side
    rev-parse --symbolic main~1^!
    rev-parse --symbolic main~1^@
    rev-parse --symbolic main~1^-2
    rev-parse --symbolic-full-name main
    rev-parse --symbolic-full-name HEAD
    rev-parse --symbolic-full-name v1.0 side
    rev-parse --symbolic-full-name @{u}
    rev-parse --symbolic-full-name HEAD~1
    rev-parse --symbolic-full-name ambig
    rev-parse --symbolic-full-name @{-1}
    rev-parse --all
    rev-parse --branches
    rev-parse --tags
    rev-parse --remotes
    rev-parse --branches=o*
    rev-parse --branches=feature
    rev-parse --branches=feature/*
    rev-parse --tags=v*
    rev-parse --remotes=origin
    rev-parse --glob=refs/heads/x*
    rev-parse --glob=heads
    rev-parse --glob=notes
    rev-parse --exclude=refs/heads/* --all
    rev-parse --exclude=o* --branches
    rev-parse --exclude=v* --tags --tags
    rev-parse --symbolic --branches
    rev-parse --symbolic --tags --remotes
    rev-parse --symbolic --glob=heads
    rev-parse --symbolic-full-name --branches
    rev-parse --not main
    rev-parse --not --branches=o*
    rev-parse --not main --not side
    rev-parse --default main
    rev-parse --default main side
    rev-parse --default main --verify
    rev-parse --default nope --verify
    rev-parse --default main --verify nope
    rev-parse --git-dir
    rev-parse --absolute-git-dir
    rev-parse --git-common-dir
    rev-parse --git-path HEAD
    rev-parse --git-path objects/pack
    rev-parse --git-path refs/heads/x
    rev-parse --show-toplevel
    rev-parse --show-prefix
    rev-parse --show-cdup
    rev-parse --is-bare-repository
    rev-parse --is-inside-git-dir
    rev-parse --is-inside-work-tree
    rev-parse --is-shallow-repository
    rev-parse --show-object-format
    rev-parse --show-object-format=storage
    rev-parse --show-object-format=bogus
    rev-parse --until=2005-01-01T00:00:00Z --since=@1112911993
    rev-parse --sq main side
    rev-parse --sq --all
    rev-parse --sq -- "a b" "c'd"
    rev-parse --sq-quote "a b" "c'd" e!f
    rev-parse --disambiguate=0000
    rev-parse --disambiguate=aa
    rev-parse main -- a
    rev-parse main a
    rev-parse main nope
    rev-parse main a nope
    rev-parse -- main
    rev-parse --revs-only main nope a
    rev-parse --revs-only --foo main -n5 --max-count=3 --all
    rev-parse --revs-only main -- a
    rev-parse --no-revs main a -- b
    rev-parse --no-revs --foo main
    rev-parse --flags --foo main a
    rev-parse --no-flags --foo main a
    rev-parse --no-flags --revs-only --max-count=3 main
    rev-parse --no-revs --max-count=3 --foo
    rev-parse --foo --bar=baz main
    rev-parse -x main
    rev-parse -5 main
    rev-parse main --foo
    rev-parse a --foo
    rev-parse a main
    rev-parse *.c
    rev-parse main '*.c' nope
    rev-parse ':(top)x'
    rev-parse ':/'
    rev-parse --end-of-options main
    rev-parse --end-of-options --foo
    rev-parse --verify --end-of-options main
    rev-parse foo-gnope
    rev-parse 150
    rev-parse HEAD^{tree}^
    rev-parse HEAD^{tree}:dir
    rev-parse blobtag^0
    rev-parse ""
    rev-parse "^"
    rev-parse "~"
    rev-parse "@{"
    rev-parse "@{}"
    rev-parse "{"
    rev-parse "HEAD@{"
    rev-parse "HEAD^{"
    rev-parse "HEAD^}"
    rev-parse "^{commit}"
    rev-parse "HEAD^{commit}^{tree}:dir/sub"
    rev-parse main^{/fix}~1^{tree}
    rev-parse @@{1}
    rev-parse @@{u}
    rev-parse @@
    rev-parse @foo
    rev-parse HEAD@{u}
    rev-parse HEAD:a~1
    rev-parse --git-dir --show-prefix HEAD
    rev-parse --path-format=absolute --git-dir
    rev-parse --path-format=relative --git-dir
    rev-parse --path-format=absolute --git-path objects --show-toplevel
    rev-parse --path-format=bogus --git-dir
    rev-parse --local-env-vars
    rev-parse --verify main:a
    rev-parse --verify -q main:nope
    rev-parse --verify main:nope
    rev-parse -q HEAD@{1000}
    rev-parse -q --verify HEAD@{1000}
    rev-parse -q --verify o1@{u}
    rev-parse --prefix dir/ -- sub
    """#

  /// In a directory below the root.
  static let below = #"""
    rev-parse --git-dir
    rev-parse --absolute-git-dir
    rev-parse --git-common-dir
    rev-parse --git-path objects
    rev-parse --git-path index
    rev-parse --show-toplevel
    rev-parse --show-prefix
    rev-parse --show-cdup
    rev-parse --is-bare-repository
    rev-parse --is-inside-git-dir
    rev-parse --is-inside-work-tree
    rev-parse --path-format=relative --git-dir
    rev-parse --path-format=relative --git-path objects
    rev-parse --path-format=absolute --git-path objects
    rev-parse --path-format=relative --show-toplevel
    rev-parse HEAD:./c
    rev-parse HEAD:../b
    rev-parse HEAD~3:./c
    rev-parse HEAD:../../a
    rev-parse HEAD:../../../a
    rev-parse HEAD:./
    rev-parse HEAD:c
    rev-parse HEAD:nope
    rev-parse :./c
    rev-parse :c
    rev-parse :dir/sub/c
    rev-parse :../../a
    rev-parse main c
    rev-parse main -- c
    rev-parse c
    rev-parse sub
    log --oneline -- c
    log --oneline c
    log --oneline -- .
    log --oneline -- ..
    log --oneline -- ../../a
    log --oneline -- :/a
    log --oneline -- :(top)a
    log --oneline -- ../../..
    log --oneline main c
    rev-list --objects main -- c
    rev-parse --resolve-git-dir ../../.git
    rev-parse --prefix x/ -- a
    """#
}
