# SPDX-License-Identifier: Apache-2.0
# Converts the output of a program's --help to a manual page: "Usage:" is the synopsis, lines that begin
# with blanks and a dash are options, a paragraph that begins with "Word: " or "Two words: " becomes a
# section.
#
#   awk -v name=NAME -v version=VERSION -v summary=SUMMARY -f from_help.awk
BEGIN {
    printf ".TH %s 1 \"\" \"%s %s\"\n", toupper(name), name, version
    printf ".SH NAME\n%s \\- %s\n", escape(name), escape(summary)
}

function escape(text)
{
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

/^Usage: / {
    sub(/^Usage: /, "")
    printf ".SH SYNOPSIS\n%s\n.SH DESCRIPTION\n", escape($0)
    next
}

/^ *--?[a-z]/ && match($0, /[^ ]  +[^ ]/) {
    if (!options++) {
        print ".SH OPTIONS"
    }
    sub(/^ +/, "")
    match($0, /  +/)
    printf ".TP\n.B %s\n%s\n", escape(substr($0, 1, RSTART - 1)), escape(substr($0, RSTART + RLENGTH))
    in_options = 1
    next
}

/^$/ {
    blank = 1
    in_options = 0
    next
}

{
    indented = /^ /
    sub(/^ +/, "")
    if (!in_options && !indented && match($0, /^[A-Z][a-z]+( [a-z]+)?: /)) {
        printf ".SH %s\n", toupper(substr($0, 1, RLENGTH - 2))
        $0 = substr($0, RLENGTH + 1)
        sub(/^ +/, "")
    } else if (blank && !in_options) {
        print (options ? ".SH NOTES" : ".PP")
    }
    blank = 0
    print escape($0)
}
