# SPDX-License-Identifier: Apache-2.0
# Converts the text file IN to a C source OUT that defines `const char NAME[]`, NUL-terminated.
file(READ "${IN}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE "${OUT}" "extern const char ${NAME}[];\nconst char ${NAME}[] = {${bytes}0x00};\n")
