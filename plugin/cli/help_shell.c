#include "cli/help_shell.h"

#include "cli/options.h"

static bool takes(const struct ens_option_row *row, size_t verb)
{
    return (row->verbs & (1u << verb)) != 0;
}

/* Words of summaries hold no quotes but these, which a shell would read. */
static void shell_text(struct ens_buf *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'') {
            ens_buf_add(out, ENS_STR("'\\''"));
        } else {
            ens_buf_add_char(out, *c);
        }
    }
}

/* ---- bash -------------------------------------------------------------------------------------
 */

/* What may follow an option that takes a value: its choices, any file, or nothing known. */
static void bash_values(struct ens_buf *out)
{
    for (size_t i = 0; i < ens_option_count; i++) {
        const struct ens_option_row *row = &ens_option_rows[i];
        for (size_t verb = 0; row->choices != NULL && verb < ENS_VERB_COUNT; verb++) {
            if (takes(row, verb)) {
                ens_buf_addf(out, "    %s--%s) words='%s' ;;\n", ens_verbs[verb].name, row->name,
                             row->choices);
            }
        }
    }
}

void ens_help_bash(struct ens_buf *out)
{
    ens_buf_add(out, ENS_STR("# bash completion of ensure\n"
                             "_ensure() {\n"
                             "  local word=${COMP_WORDS[COMP_CWORD]} "
                             "before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} "
                             "words=''\n"
                             "  [ \"$COMP_CWORD\" -eq 1 ] && verb=\n"
                             "  case \"$verb$before\" in\n"));
    bash_values(out);
    ens_buf_add(out, ENS_STR("  esac\n"
                             "  if [ -z \"$words\" ]; then\n"
                             "    case \"$verb\" in\n"
                             "      '') words='"));
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ens_buf_addf(out, "%s%s", verb == 0 ? "" : " ", ens_verbs[verb].name);
    }
    ens_buf_add(out, ENS_STR("' ;;\n"));
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ens_buf_addf(out, "      %s) words='", ens_verbs[verb].name);
        for (size_t i = 0; i < ens_option_count; i++) {
            if (takes(&ens_option_rows[i], verb)) {
                ens_buf_addf(out, " --%s", ens_option_rows[i].name);
            }
        }
        ens_buf_add(out, ENS_STR("' ;;\n"));
    }
    ens_buf_add(out, ENS_STR("    esac\n"
                             "  fi\n"
                             "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                             "}\n"
                             "complete -o default -F _ensure ensure\n"));
}

/* ---- zsh --------------------------------------------------------------------------------------
 */

static void zsh_option(struct ens_buf *out, const struct ens_option_row *row)
{
    ens_buf_addf(out, " '--%s[", row->name);
    shell_text(out, row->summary);
    ens_buf_add(out, ENS_STR("]"));
    if (row->choices != NULL) {
        ens_buf_addf(out, ":%s:(%s)", row->argument, row->choices);
    } else if (row->argument != NULL) {
        bool file = ens_str_is(ens_str_of(row->argument), "FILE");
        ens_buf_addf(out, ":%s:%s", row->argument, file ? "_files" : " ");
    }
    ens_buf_add(out, ENS_STR("'"));
}

void ens_help_zsh(struct ens_buf *out)
{
    ens_buf_add(out, ENS_STR("#compdef ensure\n"
                             "if (( CURRENT == 2 )); then\n"
                             "  local -a verbs=("));
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ens_buf_addf(out, " '%s:", ens_verbs[verb].name);
        shell_text(out, ens_verbs[verb].summary);
        ens_buf_add(out, ENS_STR("'"));
    }
    ens_buf_add(out, ENS_STR(")\n"
                             "  _describe verb verbs\n"
                             "  return\n"
                             "fi\n"
                             "case $words[2] in\n"));
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ens_buf_addf(out, "  %s) _arguments", ens_verbs[verb].name);
        for (size_t i = 0; i < ens_option_count; i++) {
            if (takes(&ens_option_rows[i], verb)) {
                zsh_option(out, &ens_option_rows[i]);
            }
        }
        ens_buf_add(out, ENS_STR(" '*:file:_files' ;;\n"));
    }
    ens_buf_add(out, ENS_STR("esac\n"));
}

/* ---- fish -------------------------------------------------------------------------------------
 */

static void fish_option(struct ens_buf *out, const struct ens_option_row *row, size_t verb)
{
    ens_buf_addf(out, "complete -c ensure -n '__fish_seen_subcommand_from %s' -l %s",
                 ens_verbs[verb].name, row->name);
    if (row->letter != 0) {
        ens_buf_addf(out, " -s %c", row->letter);
    }
    if (row->choices != NULL) {
        ens_buf_addf(out, " -x -a '%s'", row->choices);
    } else if (row->argument != NULL) {
        ens_buf_add(out, ENS_STR(" -r"));
    }
    ens_buf_add(out, ENS_STR(" -d '"));
    shell_text(out, row->summary);
    ens_buf_add(out, ENS_STR("'\n"));
}

void ens_help_fish(struct ens_buf *out)
{
    ens_buf_add(out, ENS_STR("# fish completion of ensure\n"));
    for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
        ens_buf_addf(out, "complete -c ensure -n __fish_use_subcommand -a %s -d '",
                     ens_verbs[verb].name);
        shell_text(out, ens_verbs[verb].summary);
        ens_buf_add(out, ENS_STR("'\n"));
    }
    for (size_t i = 0; i < ens_option_count; i++) {
        for (size_t verb = 0; verb < ENS_VERB_COUNT; verb++) {
            if (takes(&ens_option_rows[i], verb)) {
                fish_option(out, &ens_option_rows[i], verb);
            }
        }
    }
}
