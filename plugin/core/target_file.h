/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that name targets, told by their content: a document (core/document.h), what
 * "terraform output -json" prints, or plain lines, one target each, with comments from # on.
 */
#ifndef ENSURE_CORE_TARGET_FILE_H
#define ENSURE_CORE_TARGET_FILE_H

#include "core/document.h"

/*
 * name is the file's, for diagnostics. Of Terraform's outputs every text in any value, at any
 * depth, that is a target counts; the others are left alone. Lines and outputs give a fleet; those
 * without any target are ENS_MALFORMED, since nobody means that.
 */
ens_rc ens_target_file_read(struct ens_arena *arena, ens_str text, const char *name,
                            struct ens_document *ret, struct ens_diags *diags) ENS_MUST_USE;

#endif
