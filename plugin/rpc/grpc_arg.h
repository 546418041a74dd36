/* Arguments of gRPC core's channels and servers, whose struct forgot that a key is constant. */
#ifndef ENSURE_RPC_GRPC_ARG_H
#define ENSURE_RPC_GRPC_ARG_H

#include <stdint.h>

#include <grpc/grpc.h>

static inline grpc_arg ens_grpc_arg_int(const char *key, int value)
{
    return (grpc_arg){
        .type = GRPC_ARG_INTEGER, .key = (char *)(uintptr_t)key, .value.integer = value};
}

static inline grpc_arg ens_grpc_arg_text(const char *key, const char *value)
{
    return (grpc_arg){.type = GRPC_ARG_STRING,
                      .key = (char *)(uintptr_t)key,
                      .value.string = (char *)(uintptr_t)value};
}

#endif
