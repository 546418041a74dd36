/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "list.h"
#include "number.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PORT = 65535 - 11 }; /* the other eleven listeners take the ports after it */

const char emu_options_help[] =
    "Usage: ensure-emulator [OPTION]...\n"
    "\n"
    "Plays Volcengine ECS, Alibaba Cloud ECS and Baidu BCC on loopback: checks signatures, keeps\n"
    "the state of instances, refuses what the clouds refuse, and fails on demand. Runs until\n"
    "SIGTERM or SIGINT.\n"
    "\n"
    "  --listen HOST:PORT     address to listen on (default 127.0.0.1:0). HOST is an IPv4 address\n"
    "                         or localhost. Port 0 takes free ports; any other is Volcengine's,\n"
    "                         and the next eleven are those of the other URLs, in their order\n"
    "  --world FILE           accounts and instances, as JSON (default: a demonstration world)\n"
    "  --tls CERT,KEY         serve https with these PEM files (control, metadata and the\n"
    "                         credentials URI stay http)\n"
    "  --boot-ms N            how long an instance is starting (default 300)\n"
    "  --latency-ms N         delay every reply by N ms (default 0)\n"
    "  --keys-live-ms N       let temporary keys live N ms, to the end of that second (default:\n"
    "                         as long as was asked for)\n"
    "  --fault SPEC           let requests fail, KIND[:VALUE][,SELECTOR=VALUE]...; may be "
    "repeated\n"
    "  --seed N               seed of the faults with p= (default 1)\n"
    "  --clock-offset-ms N    let the clouds' clock be N ms ahead (negative: behind)\n"
    "  --env                  print lines to eval in a shell instead of one line of JSON\n"
    "  --exit-with-parent     end when the process that started it ends\n"
    "  --version              print the version and end\n"
    "  --help                 print this and end\n"
    "\n"
    "When it is ready it prints one line of JSON with the base URLs,\n"
    "{\"volcengine\":\"http://127.0.0.1:PORT\", ...}. Their names are, in this order: volcengine,\n"
    "alibaba, baidu, control, volcengine_sts, alibaba_sts, baidu_sts, volcengine_metadata,\n"
    "alibaba_metadata, baidu_metadata, credentials_uri, github.\n"
    "\n"
    "Fault kinds: throttle[:MS] error:HTTP:CODE http:STATUS cut hang html[:STATUS]\n"
    "  garbage[:STATUS] xml[:STATUS] empty[:STATUS] huge[:MIB] redirect[:URL] json:BODY\n"
    "  other-cloud truncate content-type:TYPE trickle[:MS] delay:MS stale-ms:MS\n"
    "  stale-reads:N start-anyway number-codes expires:MS\n"
    "Fault selectors: service=NAME (api, which is the default, sts, metadata, credentials_uri or\n"
    "  github) cloud=NAME action=NAME id=ID dry_run=yes|no nth=N first=N p=0..1\n"
    "  effect=yes|no (carry the request out before failing)\n"
    "\n"
    "Control: GET /ledger, POST /reset[?world=yes], GET POST PUT DELETE /faults,\n"
    "  GET POST /instances, POST /clock, POST /revoke\n"
    "\n"
    "Exit status: 0 after a signal, 1 on a bad option, world or address.\n";

/* Reports an error and evaluates to false, so that a check is one statement. */
#define FAIL(diags, ...) (ens_fail(diags, ENS_INVALID, NULL, __VA_ARGS__) == ENS_OK)

static bool read_listen(const char *value, struct emu_options *options, struct ens_diags *diags)
{
    const char *colon = strrchr(value, ':');
    int64_t port = 0;
    struct in_addr address;
    if (colon == NULL || (size_t)(colon - value) >= sizeof(options->host) ||
        !emu_number_read(ens_str_of(colon + 1), 0, MAX_PORT, &port)) {
        return FAIL(diags, "--listen expects HOST:PORT with a port from 0 to %d, found \"%.80s\"",
                    MAX_PORT, value);
    }
    snprintf(options->host, sizeof(options->host), "%.*s", (int)(colon - value), value);
    bool local = strcmp(options->host, "localhost") == 0;
    snprintf(options->address, sizeof(options->address), "%s", local ? "127.0.0.1" : options->host);
    options->port = (unsigned)port;
    return inet_pton(AF_INET, options->address, &address) == 1 ||
           FAIL(diags, "--listen expects an IPv4 address or localhost, found \"%.60s\"",
                options->host);
}

static bool read_tls(const char *value, struct emu_options *options, struct ens_diags *diags)
{
    const char *comma = strchr(value, ',');
    if (comma == NULL || comma == value || comma[1] == '\0') {
        return FAIL(diags, "--tls expects CERT,KEY, found \"%.80s\"", value);
    }
    ens_free(options->tls_cert);
    options->tls_cert = ens_strdup(value);
    options->tls_cert[comma - value] = '\0';
    options->tls_key = comma + 1;
    return true;
}

static bool read_number(const char *option, const char *value, int64_t min, int64_t max,
                        int64_t *ret_number, struct ens_diags *diags)
{
    return emu_number_read(ens_str_of(value), min, max, ret_number) ||
           FAIL(diags, "--%s expects a whole number from %lld to %lld, found \"%.40s\"", option,
                (long long)min, (long long)max, value);
}

static const struct option known[] = {
    {"listen", required_argument, NULL, 'l'},
    {"world", required_argument, NULL, 'w'},
    {"tls", required_argument, NULL, 't'},
    {"boot-ms", required_argument, NULL, 'b'},
    {"latency-ms", required_argument, NULL, 'y'},
    {"keys-live-ms", required_argument, NULL, 'k'},
    {"fault", required_argument, NULL, 'f'},
    {"seed", required_argument, NULL, 's'},
    {"clock-offset-ms", required_argument, NULL, 'c'},
    {"env", no_argument, NULL, 'e'},
    {"exit-with-parent", no_argument, NULL, 'x'},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool read_option(int letter, const char *value, struct emu_options *options,
                        struct ens_diags *diags)
{
    int64_t seed = 0;
    switch (letter) {
    case 'l':
        return read_listen(value, options, diags);
    case 'w':
        options->world_file = value;
        return true;
    case 't':
        return read_tls(value, options, diags);
    case 'b':
        return read_number("boot-ms", value, 0, EMU_DAY_MS, &options->boot_ms, diags);
    case 'y':
        return read_number("latency-ms", value, 0, EMU_DAY_MS, &options->latency_ms, diags);
    case 'k':
        return read_number("keys-live-ms", value, 1, EMU_DAY_MS, &options->keys_live_ms, diags);
    case 'f':
        options->faults = emu_grow(options->faults, options->fault_count, sizeof(char *));
        options->faults[options->fault_count++] = value;
        return true;
    case 's':
        if (!read_number("seed", value, 0, INT64_MAX, &seed, diags)) {
            return false;
        }
        options->seed = (uint64_t)seed;
        return true;
    case 'c':
        return read_number("clock-offset-ms", value, -INT64_C(365) * EMU_DAY_MS,
                           INT64_C(365) * EMU_DAY_MS, &options->clock_offset_ms, diags);
    case 'e':
        options->env = true;
        return true;
    case 'x':
        options->exit_with_parent = true;
        return true;
    default:
        return FAIL(diags, "unknown or incomplete option, see --help");
    }
}

enum emu_options_outcome emu_options_read(int argc, char **argv, struct emu_options *ret_options,
                                          struct ens_diags *diags)
{
    *ret_options = (struct emu_options){
        .host = "127.0.0.1", .address = "127.0.0.1", .boot_ms = 300, .seed = 1};
    optind = 1;
    opterr = 0;
    for (;;) {
        int at = optind;
        int letter = getopt_long(argc, argv, "", known, NULL);
        if (letter == -1) {
            break;
        }
        if (letter == 'h' || letter == 'V') {
            return letter == 'h' ? EMU_OPTIONS_HELP : EMU_OPTIONS_VERSION;
        }
        if (letter == '?') {
            ens_diags_add(diags, ENS_ERROR, NULL, NULL,
                          "option \"%.60s\" is unknown, ambiguous or has a value too many or too "
                          "few, see --help",
                          argv[at]);
            return EMU_OPTIONS_BAD;
        }
        if (!read_option(letter, optarg, ret_options, diags)) {
            return EMU_OPTIONS_BAD;
        }
    }
    if (optind < argc) {
        ens_diags_add(diags, ENS_ERROR, NULL, NULL, "unexpected argument \"%.60s\", see --help",
                      argv[optind]);
        return EMU_OPTIONS_BAD;
    }
    return EMU_OPTIONS_RUN;
}

void emu_options_done(struct emu_options *options)
{
    ens_free(options->tls_cert);
    ens_free(options->faults);
    *options = (struct emu_options){0};
}
