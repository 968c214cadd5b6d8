/// Command lines of `log` that git and Pando must answer alike.
enum LogLines {
  /// In the root of the work tree.
  static let lines = #"""
    log
    log --all
    log --oneline
    log --oneline --all
    log --oneline --decorate
    log --oneline --decorate=full --all
    log --decorate --all
    log --format=%H%d%D --all
    log --pretty=short --all
    log --pretty=medium --all
    log --pretty=full --all
    log --pretty=fuller --all
    log --pretty=raw --all
    log --pretty=oneline --all
    log --pretty=reference --all
    log --pretty=one
    log --pretty=f -3
    log --pretty=bogus
    log --pretty
    log --pretty= -3
    log --format= -3
    log --format=short -3
    log --format -3
    log --pretty=format:%h -3
    log --pretty=tformat:%h -3
    log --format="%H %h %T %t %P %p" --all
    log --format="%an|%ae|%al|%ad|%aD|%ar|%at|%ai|%aI|%as|%aN|%aE|%aL" --all
    log --format="%cn|%ce|%cl|%cd|%cD|%cr|%ct|%ci|%cI|%cs|%cN|%cE|%cL" --all
    log --format="[%s]%n[%b]%n[%B]" --all
    log --format="%d%x" -3
    log --format="%q %zz % %" -3
    log --format="%+d|%-d|% d" --all
    log --format="%+b|%-b|% b" --all
    log --format="%+s%-s% s" -5
    log --format="%<(20)%s|" --all
    log --format="%>(20)%s|" --all
    log --format="%><(21)%s|" --all
    log --format="%<(10,trunc)%s|" --all
    log --format="%<(10,ltrunc)%s|" --all
    log --format="%<(10,mtrunc)%s|" --all
    log --format="%h%<|(20)%s|" --all
    log --format="%h%>|(30)%s|" --all
    log --format="abc   %>>(12)%s|" --all
    log --format="%<(0)%s" -2
    log --format="%<(x)%s" -2
    log --format="%<(10,bad)%s" -2
    log --format="%w(20,2,4)%s%n%b" --all
    log --format="%w(40,1,2)%B" --all
    log --format="%w(0,3,6)%B" --all
    log --format="%w(20)%s%w()%n%b" --all
    log --format="%w(20,1)%an %w(0)%s" --all
    log --format="%+w(10)%s" -2
    log --format="%(trailers)" -30
    log --format="%(trailers:only)" -30
    log --format="%(trailers:key=Signed-off-by)" -30
    log --format="%(trailers:key=Signed-off-by,valueonly)" -30
    log --format="%(trailers:separator=%x2C )" -30
    log --format="%(trailers:keyonly)" -30
    log --format="%(trailers:bogus)" -2
    log --format="%Cred%h%Creset %C(yellow)%s%C(reset)" -3
    log --color --format="%Cred%h%Creset %C(bold yellow)%s%C(reset)" -3
    log --color --format="%C(auto)%h%d %s" --all
    log --color --format="%C(auto)%H %p %t" -3
    log --color --oneline --decorate --all
    log --color -3
    log --color=never -2
    log --format="%C(always,red)x%C(auto,blue)y" -2
    log --color --format="%C(#ff0080)x%C(5)y%C(200)z%C(brightred)b" -1
    log --color --format="%C(nobold)q%C(ul italic)w%C(normal)%C(default)d" -1
    log --color --format="%C(bogus)" -1
    log --date=iso -3
    log --date=iso-strict -3
    log --date=rfc -3
    log --date=short -3
    log --date=raw -3
    log --date=unix -3
    log --date=relative -3
    log --date=human -3
    log --date=local -3
    log --date=iso-local -3
    log --date=default -3
    log --date=raw-local -3
    log --date=bogus -3
    log --date=format:%Y-%m-%d -3
    log "--date=format:%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l" --all --format=%ad
    log "--date=format:%m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X" --all --format=%ad
    log "--date=format:%y %Y %z %Z %%" --all --format=%ad%n%cd
    log "--date=format-local:%Y %H %z" -3
    log --relative-date -2
    log -n 2
    log -n2
    log -2
    log --max-count=2
    log --max-count 2
    log --max-count=0
    log -0
    log -n
    log -nx
    log --skip=3 -2 --oneline
    log --skip 3 --oneline
    log --reverse --oneline
    log --reverse -3 --oneline
    log --first-parent --oneline
    log --merges --oneline --all
    log --no-merges --oneline --all
    log --min-parents=3 --oneline --all
    log --max-parents=0 --oneline --all
    log --topo-order --oneline --all
    log --date-order --oneline --all
    log --author-date-order --oneline --all
    log --topo-order --reverse --oneline --all
    log --since=1112912500 --oneline
    log --since="2005-04-07 22:25:00" --oneline
    log --until="2005-04-07 22:25:00" --oneline
    log --after="2005-04-07 22:20:00" --before="2005-04-07 22:30:00" --oneline
    log --since=yesterday --oneline
    log --author=Thor --oneline
    log --author=Proper --oneline
    log --author=proper@ --oneline
    log --author=thor -i --oneline
    log --author="^A" --oneline
    log --author="Ünï" --oneline
    log --committer=Mitter --oneline -2
    log --committer=nobody --oneline
    log --grep=Side --oneline
    log --grep="^body" --oneline
    log --grep="side$" --oneline
    log --grep="s.*e" --oneline --all
    log --grep=side --grep=Main --oneline
    log --grep=Side --grep=second --all-match --oneline
    log --grep=Side --invert-grep --oneline
    log --grep="(Side|Main)" -E --oneline
    log --grep="(Side|Main)" --oneline
    log --grep="fix(dir)" -F --oneline
    log --grep="Side\|Main" --oneline
    log --grep=side -i --oneline
    log --grep=Signed --author=Proper --oneline
    log --branches --oneline
    log --tags --oneline
    log --remotes --oneline
    log --glob=heads/o* --oneline
    log --branches=o* --oneline
    log --exclude=o* --branches --oneline
    log --all --not main --oneline
    log main..side --oneline
    log side..main --oneline
    log x1...x2 --oneline
    log x1...x2 --left-right --oneline
    log x1...x2 --left-right
    log x1...x2 --left-only --oneline
    log x1...x2 --right-only --oneline
    log --format="%m %s" x1...x2
    log --format="%m %s" --boundary x1...x2
    log --boundary main~3..main --oneline
    log --boundary side..main
    log --boundary --topo-order side..main --oneline
    log --boundary --reverse side..main --oneline
    log ^side main --oneline
    log main --not side --oneline
    log main^! --oneline
    log main~1^@ --oneline
    log main~1^- --oneline
    log v1.0 --oneline
    log nested --oneline
    log treetag
    log blobtag
    log main:a
    log main island --oneline
    log --parents --oneline
    log --parents
    log --children --oneline
    log --children -3
    log --oneline -- a
    log --oneline -- dir
    log --oneline -- dir/sub
    log --oneline -- dir/sub/c
    log --oneline -- dir/
    log --oneline -- nope
    log --oneline -- s
    log --oneline --all -- s
    log --oneline -- a s
    log --oneline a
    log --oneline a s
    log --oneline nope
    log --oneline main nope
    log --oneline main a nope
    log --oneline ambig
    log --oneline dir
    log --oneline dir --
    log --oneline -- "*.c"
    log --oneline -- "d*"
    log --oneline -- "d*/c"
    log --oneline -- "[ab]"
    log --oneline -- ":(glob)d*/c"
    log --oneline -- ":(glob)**/c"
    log --oneline -- ":(glob)*"
    log --oneline -- ":(icase)A"
    log --oneline -- ":(literal)a"
    log --oneline -- ":(top)a"
    log --oneline -- ":/a"
    log --oneline -- ":!a"
    log --oneline -- . ":!a"
    log --oneline -- . ":(exclude)dir"
    log --oneline -- .
    log --oneline -- ""
    log --oneline -- ../x
    log --oneline -- /etc/passwd
    log --oneline --full-history -- s
    log --oneline --full-history --all -- a
    log --oneline --parents -- s
    log --oneline --parents -- a
    log --oneline --parents --all -- dir
    log --oneline --full-history --parents -- s
    log --oneline --full-history --parents --all -- dir
    log --oneline --first-parent -- s
    log --oneline --topo-order --all -- dir
    log --oneline --reverse -- dir
    log --oneline --boundary side..main -- dir
    log --oneline --no-merges -- s
    log --oneline -2 -- dir
    log --oneline --children -- dir
    log --format="%h %p" -- s
    log --format="%h %p" -- dir
    log --pretty=raw -- dir
    log --oneline --no-walk main side
    log --oneline --no-walk=unsorted main side odd
    log --oneline --no-walk=sorted main side odd
    log --no-walk v1.0 nested --oneline
    log --oneline --abbrev=10 -3
    log --oneline --abbrev=4 -3
    log --oneline --abbrev=100 -1
    log --oneline --no-abbrev -2
    log --oneline --no-abbrev-commit -2
    log --abbrev-commit -3
    log --abbrev-commit --abbrev=12 --parents -3
    log --no-abbrev -4
    log --format=%h --abbrev=12 -2
    log --format=%h --no-abbrev -2
    log -z --oneline -3
    log -z -2
    log -z --format=%h -3
    log -z --format=format:%h -3
    log --encoding=ISO-8859-1 --all --format=%s%n%an
    log --encoding=ISO-8859-1 --all
    log --encoding=none --all --format=%s
    log --no-mailmap -2
    log --expand-tabs=4 --all
    log --no-expand-tabs --all
    log --source --oneline --all
    log --source --oneline main side odd
    log --format="%S %h" --all
    log --no-decorate --oneline -2
    log --decorate=bogus
    log --foo
    log -p --foo
    log --oneline --ignore-missing nope
    log --oneline ^nope
    log nope --
    log 0000000000000000000000000000000000000001
    log --oneline @{u}..
    log --oneline HEAD~3..
    log --oneline ..
    log --oneline -i --author=THOR -3
    log --oneline -- a -- b
    log --oneline --stdin
    log --no-notes -1
    log -s -1
    log --quiet -1
    """#
}
