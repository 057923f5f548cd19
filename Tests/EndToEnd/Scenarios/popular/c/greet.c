#include <stdio.h>
#include <unistd.h>

int main(int count, char **words)
{
    printf("hello %s from %s as %d\n", count > 1 ? words[1] : "nobody", VERSION, (int)getuid());
    return 0;
}
