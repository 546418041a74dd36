/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libensure in a host program that uses OpenSSL, libcurl, signal handlers and a locale: it does not
 * change their state.
 */
#include <curl/curl.h>
#include <locale.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ensure/ensure.h"

static volatile sig_atomic_t handled;
static pthread_t main_thread;
static volatile sig_atomic_t handled_elsewhere;

static void on_signal(int number)
{
    (void)number;
    handled++;
    if (!pthread_equal(pthread_self(), main_thread)) {
        handled_elsewhere++;
    }
}

static const int signals[] = {SIGHUP,  SIGINT,  SIGPIPE, SIGALRM, SIGTERM,
                              SIGUSR1, SIGUSR2, SIGCHLD, SIGWINCH};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static void plan_once(ensure_session *session)
{
    struct ensure_error error;
    char *plan =
        ensure_plan(session, "{\"targets\":[\"volcengine/cn-beijing/i-on\"]}", NULL, &error);

    assert_string_equal(error.message, "");
    ensure_document_free(plan);
}

/* Signal handlers, flags and mask stay the same, and no handler runs on the library's thread. */
static void test_signals(void **state)
{
    (void)state;
    struct sigaction mine = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigset_t mask_before;
    sigset_t mask_after;

    main_thread = pthread_self();
    for (size_t i = 0; i < SIGNALS; i++) {
        assert_int_equal(sigaction(signals[i], &mine, NULL), 0);
    }
    pthread_sigmask(SIG_BLOCK, NULL, &mask_before);
    ensure_session *session = ensure_session_open(NULL, NULL, NULL, NULL);
    plan_once(session);
    for (size_t i = 0; i < SIGNALS; i++) {
        assert_int_equal(kill(getpid(), signals[i]), 0);
    }
    plan_once(session);
    ensure_session_close(session);
    pthread_sigmask(SIG_BLOCK, NULL, &mask_after);

    for (int number = 1; number < NSIG; number++) {
        assert_int_equal(sigismember(&mask_before, number), sigismember(&mask_after, number));
    }
    assert_int_equal(handled, SIGNALS);
    assert_int_equal(handled_elsewhere, 0);
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction now;
        assert_int_equal(sigaction(signals[i], NULL, &now), 0);
        assert_ptr_equal(now.sa_handler, on_signal);
        assert_int_equal(now.sa_flags & SA_RESTART, SA_RESTART);
    }
}

/* The host's OpenSSL error queue is unchanged, and its use of OpenSSL still works. */
static void test_openssl(void **state)
{
    (void)state;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert_int_equal(EVP_DigestInit_ex(context, EVP_sha256(), NULL), 1);
    assert_int_equal(EVP_DigestUpdate(context, "ab", 2), 1);
    ERR_raise(ERR_LIB_USER, 42);
    ensure_session *session = ensure_session_open(NULL, NULL, NULL, NULL);
    plan_once(session);
    assert_int_equal(ERR_GET_REASON(ERR_peek_error()), 42);
    ensure_session_close(session);
    assert_int_equal(EVP_DigestUpdate(context, "c", 1), 1);
    assert_int_equal(EVP_DigestFinal_ex(context, digest, &size), 1);
    assert_memory_equal(digest, "\xba\x78\x16\xbf", 4);
    EVP_MD_CTX_free(context);
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 42);
    assert_int_equal(ERR_get_error(), 0);
}

static size_t swallow(char *bytes, size_t size, size_t count, void *ud)
{
    (void)bytes;
    *(size_t *)ud += size * count;
    return size * count;
}

/* The host's use of libcurl still works after the last session is closed. */
static void test_curl(void **state)
{
    (void)state;
    char url[200];
    size_t received = 0;

    assert_int_equal(curl_global_init(CURL_GLOBAL_ALL), CURLE_OK);
    CURL *easy = curl_easy_init();
    (void)snprintf(url, sizeof(url), "%s/instances", getenv("ENSURE_EMULATOR_CONTROL"));
    assert_int_equal(curl_easy_setopt(easy, CURLOPT_URL, url), CURLE_OK);
    assert_int_equal(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow), CURLE_OK);
    assert_int_equal(curl_easy_setopt(easy, CURLOPT_WRITEDATA, &received), CURLE_OK);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    ensure_session *session = ensure_session_open(NULL, NULL, NULL, NULL);
    plan_once(session);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    ensure_session_close(session);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    assert_true(received > 0);
    curl_easy_cleanup(easy);
    curl_global_cleanup();
}

static void test_process(void **state)
{
    (void)state;
    char before[4096];
    char after[4096];
    mode_t mask = umask(0027);

    assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
    assert_non_null(getcwd(before, sizeof(before)));
    ensure_session *session = ensure_session_open(NULL, NULL, NULL, NULL);
    plan_once(session);
    ensure_session_close(session);
    assert_string_equal(setlocale(LC_ALL, NULL), "C.UTF-8");
    assert_string_equal(getcwd(after, sizeof(after)), before);
    assert_int_equal(umask(mask), 0027);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_openssl),
        cmocka_unit_test(test_curl),
        cmocka_unit_test(test_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
