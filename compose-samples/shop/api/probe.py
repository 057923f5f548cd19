"""The health probe: does the API answer?"""

from urllib.request import urlopen

urlopen("http://127.0.0.1:8000/api/alive", timeout=2).read()
