/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Result codes: functions that can fail return an ens_rc, which the caller must check.
 *
 * Bad input from a user or a cloud is an ens_rc, with a diagnostic (base/diag.h) if the user has to
 * act on it. A programming error is an ENS_ASSERT, which is checked in release builds too.
 */
#ifndef ENSURE_BASE_RC_H
#define ENSURE_BASE_RC_H

typedef enum ens_rc {
    ENS_OK = 0,
    ENS_INVALID,   /* input of the user can't be used */
    ENS_MALFORMED, /* input does not have the expected format */
    ENS_LIMIT,     /* larger than a named limit */
    ENS_NOT_FOUND,
    ENS_UNSUPPORTED,
    ENS_CANCELLED,
    ENS_DEADLINE,
    ENS_UNANSWERED, /* a cloud refused, or could not be asked */
    ENS_IO,         /* a call to the operating system failed */
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
