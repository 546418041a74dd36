/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Server reflection, grpc.reflection.v1 and v1alpha: tools such as grpcurl read from a server what
 * services it has and what their messages are, and can call it without the .proto files.
 *
 * Threads: the server's only.
 */
#ifndef ENSURE_RPC_REFLECTION_H
#define ENSURE_RPC_REFLECTION_H

#include "rpc/server.h"

/* Bytes of one question; a longer one ends the stream. A client that does not read the answers is
 * limited by ENS_RPC_STREAM_WAITING_MAX. */
#define ENS_REFLECTION_QUESTION_MAX 4096

struct ens_reflection;

/* descriptors: a FileDescriptorSet of the services, borrowed. It lists the given services, whose
 * tables are borrowed, and itself. */
struct ens_reflection *ens_reflection_new(ens_str descriptors,
                                          const struct ens_rpc_service *services, size_t count);
struct ens_rpc_service ens_reflection_service(struct ens_reflection *reflection);
void ens_reflection_free(struct ens_reflection *reflection); /* after the server was freed */

#endif
