/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that list targets. The format is detected by the content: a document (core/document.h), the
 * output of "terraform output -json", or lines of one target each, with comments from # on.
 */
#ifndef ENSURE_CORE_TARGET_FILE_H
#define ENSURE_CORE_TARGET_FILE_H

#include "core/document.h"

/*
 * name is the file's, for diagnostics. In Terraform's outputs every string that is a target is
 * read, at any depth of the values; other strings are ignored. Lines and outputs give a fleet;
 * without any target they are ENS_MALFORMED, since that is most likely a mistake.
 */
ens_rc ens_target_file_read(struct ens_arena *arena, ens_str text, const char *name,
                            struct ens_document *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
