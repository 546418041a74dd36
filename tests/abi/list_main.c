#include "lister.h"

int main(void)
{
    return list_providers();
}
