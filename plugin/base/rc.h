/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How functions of the project fail: by value. ENS_OK is zero; a caller has to look.
 *
 * A user's or a cloud's mistake is an ens_rc and, where a person must know, a diagnostic
 * (base/diag.h). A programmer's mistake is ENS_ASSERT, which stays on in release builds.
 */
#ifndef ENSURE_BASE_RC_H
#define ENSURE_BASE_RC_H

typedef enum ens_rc {
    ENS_OK = 0,
    ENS_INVALID,   /* what a person wrote can't be used */
    ENS_MALFORMED, /* bytes from outside are not of the expected shape */
    ENS_LIMIT,     /* larger than a named limit */
    ENS_NOT_FOUND,
    ENS_UNSUPPORTED,
    ENS_CANCELLED,
    ENS_DEADLINE,
    ENS_IO, /* the operating system or the network said no */
    ENS_INTERNAL,
} ens_rc;

#define ENS_MUST_USE          __attribute__((warn_unused_result))
#define ENS_PRINTF(at, first) __attribute__((format(printf, at, first)))

/* Runs function(&variable) when the variable leaves its scope. */
#define ENS_CLEANUP(function) __attribute__((cleanup(function)))

#define ENS_ASSERT(condition)                                                                      \
    ((condition) ? (void)0 : ens_assert_failed(#condition, __FILE__, __LINE__))

__attribute__((noreturn)) void ens_assert_failed(const char *condition, const char *file, int line);

#define ENS_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
