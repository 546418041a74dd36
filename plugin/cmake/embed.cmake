# SPDX-License-Identifier: Apache-2.0
# Converts the file IN to a C source OUT that defines `const char NAME[]`, followed by a NUL that is
# not part of the file, and `const size_t NAME_size`, the size of the file.
file(READ "${IN}" hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
file(WRITE "${OUT}" "#include <stddef.h>\n\n"
  "extern const char ${NAME}[];\nextern const size_t ${NAME}_size;\n"
  "const char ${NAME}[] = {${bytes}'\\0'};\nconst size_t ${NAME}_size = sizeof(${NAME}) - 1;\n")
