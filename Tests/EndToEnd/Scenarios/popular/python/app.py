import getpass

import bottle

app = bottle.default_app()


@app.route("/")
def page():
    return f"bottle {bottle.__version__} as {getpass.getuser()}\n"
