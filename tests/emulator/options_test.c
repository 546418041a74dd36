/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */

#include "assert_diag.h"
#include "options.h"

#include "base/alloc.h"

#include <string.h>

static enum emu_options_outcome read_options(const char *const *arguments,
                                             struct emu_options *ret_options,
                                             struct ens_diags *diags)
{
    char *argv[16] = {0};
    int argc = 0;
    argv[argc++] = ens_strdup("ensure-emulator");
    for (; *arguments != NULL; arguments++) {
        argv[argc++] = ens_strdup(*arguments);
    }
    char *kept[16];
    memcpy(kept, argv, sizeof(kept));
    enum emu_options_outcome outcome = emu_options_read(argc, argv, ret_options, diags);
    emu_options_done(ret_options);
    for (int i = 0; i < argc; i++) {
        ens_free(kept[i]);
    }
    return outcome;
}

static void options_are_strict(void **state)
{
    static const struct {
        const char *arguments[6];
        enum emu_options_outcome outcome;
        const char *sentence;
    } rows[] = {
        {{NULL}, EMU_OPTIONS_RUN, NULL},
        {{"--listen", "localhost:0", "--boot-ms=0", "--fault", "cut", "--env"}, 0, NULL},
        {{"--listen=0.0.0.0:65524", "--tls", "a,b", "--seed", "0"}, EMU_OPTIONS_RUN, NULL},
        {{"--clock-offset-ms", "-3600000"}, EMU_OPTIONS_RUN, NULL},
        {{"--help"}, EMU_OPTIONS_HELP, NULL},
        {{"--version"}, EMU_OPTIONS_VERSION, NULL},
        {{"--listen", "127.0.0.1"}, EMU_OPTIONS_BAD, "--listen expects HOST:PORT"},
        {{"--listen", "127.0.0.1:65525"}, EMU_OPTIONS_BAD, "--listen expects HOST:PORT"},
        {{"--listen", "example.com:0"}, EMU_OPTIONS_BAD, "--listen expects an IPv4 address"},
        {{"--tls", "a"}, EMU_OPTIONS_BAD, "--tls expects CERT,KEY, found \"a\""},
        {{"--boot-ms", "x"}, EMU_OPTIONS_BAD, "--boot-ms expects a whole number from 0 to"},
        {{"--boot-ms", "86400001"}, EMU_OPTIONS_BAD, "--boot-ms expects a whole number from 0 to"},
        {{"--keys-live-ms", "1"}, EMU_OPTIONS_RUN, NULL},
        {{"--keys-live-ms", "0"}, EMU_OPTIONS_BAD, "--keys-live-ms expects a whole number from 1"},
        {{"--latency-ms"}, EMU_OPTIONS_BAD, "option \"--latency-ms\" is unknown, ambiguous or"},
        {{"--colour"}, EMU_OPTIONS_BAD, "option \"--colour\" is unknown"},
        {{"world.json"}, EMU_OPTIONS_BAD, "unexpected argument \"world.json\""},
    };
    (void)state;
    for (size_t i = 0; i < ENS_COUNT(rows); i++) {
        struct emu_options options;
        ENS_AUTO_DIAGS diags = {0};
        const char *arguments[7] = {0};
        memcpy(arguments, rows[i].arguments, sizeof(rows[i].arguments));
        assert_int_equal(read_options(arguments, &options, &diags), rows[i].outcome);
        if (rows[i].sentence != NULL) {
            assert_diag(&diags, rows[i].sentence);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
