/* SPDX-License-Identifier: Apache-2.0 */
/* Where keys of Volcengine come from: OIDC, metadata, roles, logins of the command line. Variables
 * are those of the vendor's SDKs and Terraform provider. */
#ifndef ENSURE_VOLCENGINE_CREDENTIALS_H
#define ENSURE_VOLCENGINE_CREDENTIALS_H

#include "ensure/provider.h"

extern const struct ens_source *const volcengine_sources[];

void volcengine_credentials_step(const struct ens_memory *memory,
                                 const struct ens_credentials_input *input,
                                 struct ens_credentials_step *ret);

/* Whom keys belong to: GetCallerIdentity. */
void volcengine_caller_request(const struct ens_memory *memory, const struct ens_identity *identity,
                               ens_str endpoint, struct ens_credentials_request *ret);
void volcengine_read_caller(const struct ens_memory *memory, const struct ens_http_reply *reply,
                            struct ens_caller *ret);

#endif
