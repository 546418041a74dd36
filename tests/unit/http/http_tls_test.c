/* SPDX-License-Identifier: Apache-2.0 */
/* Valid certificates, and each kind of invalid ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "certificates.h"
#include "http_client.h"
#include "http_server.h"
#include "support/scratch.h"

#define HOUR_S ((long)3600)

static bool answer(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    return http_peer_send(peer, ENS_STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
}

struct row {
    struct server_certificate certificate;
    bool foreign;      /* issued by an authority that is not trusted */
    const char *error; /* NULL: trusted */
    enum ens_transport_fault fault;
};

static const struct row rows[] = {
    {{"IP:127.0.0.1", -HOUR_S, HOUR_S, 0}, false, NULL, ENS_FAULT_NONE},
    {{"DNS:other.example,IP:127.0.0.1", -HOUR_S, HOUR_S, 0}, false, NULL, ENS_FAULT_NONE},
    {{"DNS:other.example,IP:127.0.0.2", -HOUR_S, HOUR_S, 0},
     false,
     "the certificate of 127.0.0.1 is for another host",
     ENS_FAULT_CERTIFICATE_HOST},
    {{"DNS:127.0.0.1", -HOUR_S, HOUR_S, 0},
     false,
     "the certificate of 127.0.0.1 is for another host",
     ENS_FAULT_CERTIFICATE_HOST},
    {{"IP:127.0.0.1", -2 * HOUR_S, -HOUR_S, 0},
     false,
     "the certificate of 127.0.0.1 has expired",
     ENS_FAULT_CERTIFICATE_TIME},
    {{"IP:127.0.0.1", HOUR_S, 2 * HOUR_S, 0},
     false,
     "the certificate of 127.0.0.1 is not valid yet",
     ENS_FAULT_CERTIFICATE_TIME},
    {{"IP:127.0.0.1", -HOUR_S, HOUR_S, 1},
     false,
     "the certificate of 127.0.0.1 is self-signed",
     ENS_FAULT_CERTIFICATE},
    {{"IP:127.0.0.1", -HOUR_S, HOUR_S, 0},
     true,
     "the certificate of 127.0.0.1 is issued by an unknown authority (CN=Foreign Test Authority)",
     ENS_FAULT_AUTHORITY},
};

static void run_row(const struct row *row, const struct authority *trusted,
                    const struct authority *foreign, const char *ca_file)
{
    SSL_CTX *tls = server_context(row->foreign ? foreign : trusted, &row->certificate);
    struct http_server *server = http_server_start(answer, NULL, tls);
    struct ens_http *http = client_new(&(struct ens_http_options){.ca_file = ca_file});

    for (int i = 0; i < 2; i++) { /* a failed TLS session must not be resumed */
        struct answer answered =
            client_ask(http, &(struct sending){.base = http_server_base(server)});
        assert_string_equal(answered.error, row->error == NULL ? "" : row->error);
        assert_int_equal(answered.end,
                         row->error == NULL ? ENS_TRANSPORT_REPLY : ENS_TRANSPORT_NOT_SENT);
        assert_int_equal(answered.untrusted, row->error != NULL);
        assert_int_equal(answered.fault, row->fault);
        assert_false(answered.timed_out);
        answer_done(&answered);
    }
    assert_int_equal(http_server_requests(server), row->error == NULL ? 2 : 0);
    ens_http_free(http);
    http_server_stop(server);
    SSL_CTX_free(tls);
}

static void test_certificates(void **state)
{
    struct scratch scratch = scratch_new();
    struct authority trusted = authority_new("Trusted Test Authority");
    struct authority foreign = authority_new("Foreign Test Authority");
    const char *ca_file = scratch_path(&scratch, "ca.pem");

    (void)state;
    authority_save(&trusted, ca_file);
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        run_row(&rows[i], &trusted, &foreign, ca_file);
    }
    authority_done(&trusted);
    authority_done(&foreign);
    scratch_done(&scratch);
}

/* Without ca_file the system's authorities are trusted, which don't include the test authority. */
static void test_default_trust(void **state)
{
    struct authority authority = authority_new("Private Test Authority");

    (void)state;
    const struct row row = {{"IP:127.0.0.1", -HOUR_S, HOUR_S, 0},
                            false,
                            "the certificate of 127.0.0.1 is issued by an unknown authority "
                            "(CN=Private Test Authority)",
                            ENS_FAULT_AUTHORITY};
    run_row(&row, &authority, NULL, NULL);
    authority_done(&authority);
}

static void test_bad_authority_files(void **state)
{
    struct scratch scratch = scratch_new();
    struct ens_http *http = NULL;
    ENS_AUTO_DIAGS diags = {0};

    (void)state;
    const char *path = scratch_path(&scratch, "ca.pem");
    const struct ens_http_options options = {.ca_file = path};
    assert_int_equal(ens_http_new(&options, &http, &diags), ENS_INVALID);
    assert_string_equal(diags.items[0].where, path);
    assert_string_equal(diags.items[0].summary,
                        "the file of trusted authorities (SSL_CERT_FILE) can't be read");
    scratch_write(&scratch, "ca.pem", ENS_STR("this is no certificate\n"));
    struct http_server *server = http_server_start(answer, NULL, NULL);
    http = client_new(&options);
    char base[64];
    (void)snprintf(base, sizeof(base), "https://127.0.0.1:%d", http_server_port(server));
    struct answer answered = client_ask(http, &(struct sending){.base = base});
    assert_int_equal(answered.end, ENS_TRANSPORT_NOT_SENT);
    assert_true(answered.untrusted);
    assert_int_equal(answered.fault, ENS_FAULT_TRUST_FILE);
    assert_ptr_equal(strstr(answered.error, "the list of trusted authorities can't be read: "),
                     answered.error);
    answer_done(&answered);
    ens_http_free(http);
    http_server_stop(server);
    scratch_done(&scratch);
}

/* A product for TLS inspection, recognised by the name of the issuer. */
static void test_interception(void **state)
{
    struct scratch scratch = scratch_new();
    struct authority trusted = authority_new("Trusted Test Authority");
    struct authority inspector = authority_new("Zscaler Intermediate Root CA (zscaler.net)");
    const struct row row = {{"IP:127.0.0.1", -HOUR_S, HOUR_S, 0},
                            true,
                            "the certificate of 127.0.0.1 is issued by an unknown authority "
                            "(CN=Zscaler Intermediate Root CA (zscaler.net))",
                            ENS_FAULT_INTERCEPTED};

    (void)state;
    authority_save(&trusted, scratch_path(&scratch, "ca.pem"));
    run_row(&row, &trusted, &inspector, scratch_path(&scratch, "ca.pem"));
    authority_done(&trusted);
    authority_done(&inspector);
    scratch_done(&scratch);
}

/* SSL_CERT_DIR: a directory prepared by c_rehash; in a list, missing directories are ignored. */
static void test_directory_of_authorities(void **state)
{
    struct scratch scratch = scratch_new();
    struct authority authority = authority_new("Test Authority In A Directory");
    const struct server_certificate good = {"IP:127.0.0.1", -HOUR_S, HOUR_S, 0};
    SSL_CTX *tls = server_context(&authority, &good);
    struct http_server *server = http_server_start(answer, NULL, tls);
    ENS_AUTO_DIAGS diags = {0};
    struct ens_http *http = NULL;
    char name[32];
    char path[512];

    (void)state;
    (void)snprintf(
        name, sizeof(name), "%08lx.0",
        X509_NAME_hash_ex(X509_get_subject_name(authority.certificate), NULL, NULL, NULL));
    authority_save(&authority, scratch_path(&scratch, name));
    (void)snprintf(path, sizeof(path), "/nowhere:%s", scratch_path(&scratch, "."));
    http = client_new(&(struct ens_http_options){.ca_path = path});
    struct answer answered = client_ask(http, &(struct sending){.base = http_server_base(server)});
    assert_string_equal(answered.error, "");
    assert_int_equal(answered.end, ENS_TRANSPORT_REPLY);
    answer_done(&answered);
    ens_http_free(http);
    assert_int_equal(ens_http_new(&(struct ens_http_options){.ca_path = "/nowhere"}, &http, &diags),
                     ENS_INVALID);
    assert_string_equal(diags.items[0].summary,
                        "the directory of trusted authorities (SSL_CERT_DIR) can't be read");
    http_server_stop(server);
    SSL_CTX_free(tls);
    authority_done(&authority);
    scratch_done(&scratch);
}

static bool close_at_once(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)peer;
    (void)request;
    return false;
}

/* A failed TLS handshake is not a trust error and may be retried. */
static void test_tls_handshake_fails(void **state)
{
    struct http_server *server = http_server_start(close_at_once, NULL, NULL);
    struct ens_http *http = client_new(NULL);
    char base[64];
    char expected[80];

    (void)state;
    (void)snprintf(base, sizeof(base), "https://127.0.0.1:%d", http_server_port(server));
    (void)snprintf(expected, sizeof(expected), "no TLS handshake with 127.0.0.1:%d within 300 ms",
                   http_server_port(server));
    struct answer answered = client_ask(http, &(struct sending){.base = base, .timeout_ms = 300});
    assert_int_equal(answered.end, ENS_TRANSPORT_NOT_SENT);
    assert_false(answered.untrusted);
    assert_true(answered.timed_out);
    assert_string_equal(answered.error, expected);
    answer_done(&answered);
    ens_http_free(http);
    http_server_stop(server);
}

/* ---- failures after the handshake ---- */

static bool reset_at_once(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    http_peer_reset(peer);
    return false;
}

static bool cut_reply(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    (void)http_peer_send(peer, ENS_STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"));
    return false;
}

static bool truncate_reply(void *ud, struct http_peer *peer, ens_str request)
{
    (void)ud;
    (void)request;
    (void)http_peer_send(peer, ENS_STR("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"a"));
    http_peer_reset(peer); /* without close_notify: may be a truncation attack */
    return false;
}

static bool answer_once(void *ud, struct http_peer *peer, ens_str request)
{
    return http_peer_request_number(peer) == 1 && answer(ud, peer, request);
}

static struct answer ask_over_tls(http_serve_fn *serve, int times)
{
    struct scratch scratch = scratch_new();
    struct authority authority = authority_new("Test Authority");
    const struct server_certificate good = {"IP:127.0.0.1", -HOUR_S, HOUR_S, 0};
    SSL_CTX *tls = server_context(&authority, &good);
    struct http_server *server = http_server_start(serve, NULL, tls);
    struct answer answered = {0};

    authority_save(&authority, scratch_path(&scratch, "ca.pem"));
    struct ens_http *http =
        client_new(&(struct ens_http_options){.ca_file = scratch_path(&scratch, "ca.pem")});
    for (int i = 0; i < times; i++) {
        answer_done(&answered);
        answered = client_ask(http, &(struct sending){.base = http_server_base(server),
                                                      .method = "POST",
                                                      .body = ENS_STR("{}")});
    }
    assert_int_equal(http_server_requests(server), times);
    ens_http_free(http);
    http_server_stop(server);
    SSL_CTX_free(tls);
    authority_done(&authority);
    scratch_done(&scratch);
    return answered;
}

static void test_cut_over_tls(void **state)
{
    static const struct {
        http_serve_fn *serve;
        int times;
        enum ens_transport_end end;
    } cuts[] = {
        {answer, 3, ENS_TRANSPORT_REPLY},        {close_at_once, 1, ENS_TRANSPORT_LOST},
        {reset_at_once, 1, ENS_TRANSPORT_LOST},  {cut_reply, 1, ENS_TRANSPORT_LOST},
        {truncate_reply, 1, ENS_TRANSPORT_LOST}, {answer_once, 2, ENS_TRANSPORT_LOST},
    };

    (void)state;
    for (size_t i = 0; i < ENS_COUNT(cuts); i++) {
        struct answer answered = ask_over_tls(cuts[i].serve, cuts[i].times);
        assert_int_equal(answered.end, cuts[i].end);
        assert_false(answered.untrusted);
        answer_done(&answered);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_default_trust),
        cmocka_unit_test(test_bad_authority_files),
        cmocka_unit_test(test_tls_handshake_fails),
        cmocka_unit_test(test_cut_over_tls),
        cmocka_unit_test(test_interception),
        cmocka_unit_test(test_directory_of_authorities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
