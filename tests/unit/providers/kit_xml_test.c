/* SPDX-License-Identifier: Apache-2.0 */
/* Errors in XML, and documents that are not errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/text.h"
#include "kit/xml.h"
#include "support/exact_memory.h"

#define NONE NULL

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        const char *code; /* NONE: not read */
        const char *message;
        const char *request_id;
    } rows[] = {
        {"<?xml version='1.0' encoding='UTF-8'?>\n<Error><RequestId>r-1</RequestId>"
         "<HostId>ecs.aliyuncs.com</HostId><Code>Throttling</Code><Message>slow &amp; low</Message>"
         "</Error>\n",
         "Throttling", "slow & low", "r-1"},
        {"<Response><ResponseMetadata><RequestId>r</RequestId><Error><CodeN>1</CodeN>"
         "<Code> X </Code></Error></ResponseMetadata></Response>",
         "X", "", "r"},
        {"\xef\xbb\xbf<error xmlns=\"a>b\"><code>X</code><requestId/></error>", "X", "", ""},
        {"<e><Message><![CDATA[a <b> & c]]></Message><!-- <Code>no</Code> --><Code>X</Code></e>",
         "X", "a <b> & c", ""},
        {"<e><Code>&#88;&#x59;&lt;&gt;&quot;&apos;&#xd800;&#x4f60;&#x1F600;&#xe9;</Code></e>",
         "XY<>\"'\xef\xbf\xbd\xe4\xbd\xa0\xf0\x9f\x98\x80\xc3\xa9", "", ""},
        {"<e><Code>first</Code><Code>second</Code></e>", "first", "", ""},
        {"<Code>X</Code>", "X", "", ""},
        {"<e><Code>a<b/>c</Code></e>", NONE, "", ""},
        {"<e><Code></Code></e>", NONE, "", ""},
        {"<e><Message>m</Message></e>", NONE, "", ""},
        {"<e><Code>X</Code>", NONE, "", ""},
        {"<e><Code>X</Code></f>", NONE, "", ""},
        {"<e><Code>X</e></Code>", NONE, "", ""},
        {"<e><Code>X</Code></e><e/>", NONE, "", ""},
        {"<e><Code>X</Code></e> and more", NONE, "", ""},
        {"<e><Code>X &nbsp;</Code></e>", NONE, "", ""},
        {"<e><Code>X & Y</Code></e>", NONE, "", ""},
        {"<e><Code>&#;</Code></e>", NONE, "", ""},
        {"<e a=\"<\"><Code>X</Code></e>", NONE, "", ""},
        {"<e a=\"><Code>X</Code></e>", NONE, "", ""},
        {"<!DOCTYPE e><e><Code>X</Code></e>", NONE, "", ""},
        {"<html><body><Code>X</Code></body></html>", NONE, "", ""},
        {"</e>", NONE, "", ""},
        {"<", NONE, "", ""},
        {"<e", NONE, "", ""},
        {"<!--", NONE, "", ""},
        {"", NONE, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct exact_memory exact;
        struct kit_xml_error error = {0};

        exact_memory_init(&exact);
        const bool read = kit_xml_read_error(&exact.memory, kit_str(rows[i].text), &error);
        if (read != (rows[i].code != NONE) ||
            (read &&
             (!kit_is(error.code, rows[i].code) || !kit_is(error.message, rows[i].message) ||
              !kit_is(error.request_id, rows[i].request_id)))) {
            fail_msg("%s: %.*s, %.*s", rows[i].text, (int)error.code.len, error.code.ptr,
                     (int)error.message.len, error.message.ptr);
        }
        exact_memory_done(&exact);
    }
}

static bool is_read_at_depth(size_t depth)
{
    struct exact_memory exact;
    struct kit_xml_error error = {0};
    char text[1024] = "";

    for (size_t i = 1; i < depth; i++) {
        strncat(text, "<a>", sizeof(text) - strlen(text) - 1);
    }
    strncat(text, "<Code>X</Code>", sizeof(text) - strlen(text) - 1);
    for (size_t i = 1; i < depth; i++) {
        strncat(text, "</a>", sizeof(text) - strlen(text) - 1);
    }
    exact_memory_init(&exact);
    const bool read = kit_xml_read_error(&exact.memory, kit_str(text), &error);
    exact_memory_done(&exact);
    return read;
}

static void test_depth(void **state)
{
    (void)state;
    assert_true(is_read_at_depth(KIT_XML_DEPTH_MAX));
    assert_false(is_read_at_depth(KIT_XML_DEPTH_MAX + 1));
}

static void test_html(void **state)
{
    (void)state;
    assert_true(kit_is_html(KIT_STR(" <!DOCTYPE HTML><p>")));
    assert_true(kit_is_html(KIT_STR("<html>")));
    assert_false(kit_is_html(KIT_STR("<Error/>")));
    assert_false(kit_is_html(KIT_STR("{}")));
    assert_false(kit_is_html(KIT_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_html),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
