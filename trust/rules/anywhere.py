# One planted flaw for each rule, and what the rule leaves alone; `semgrep scan --test` compares.
# ruleid: sql-by-hand
Case.objects.raw(typed)
# ruleid: sql-by-hand
Case.objects.filter(id=1).extra(where=[typed])
# ruleid: sql-by-hand
cursor.execute(f"SELECT 1 WHERE name = '{typed}'")
# ruleid: sql-by-hand
cursor.execute("SELECT 1 WHERE name = '%s'" % typed)
# ruleid: sql-by-hand
cursor.execute("SELECT 1 WHERE name = " + typed, [])
# ruleid: sql-by-hand
cursor.execute("SELECT {}".format(typed))
# ok: sql-by-hand
cursor.execute("SELECT 1 WHERE name = %s", [typed])
# ruleid: runs-what-it-is-given
eval(typed)
# ruleid: runs-what-it-is-given
pickle.loads(content)
# ruleid: runs-what-it-is-given
yaml.load(content)
# ok: runs-what-it-is-given
json.loads(content)
# ruleid: starts-a-program
subprocess.run(["convert", name])
# ruleid: starts-a-program
os.system(typed)
# ruleid: goes-out-to-the-network
requests.get(typed)
# ruleid: goes-out-to-the-network
urllib.request.urlopen(typed)
# ok: goes-out-to-the-network
urllib.parse.urlsplit(typed)
# ruleid: html-by-hand
mark_safe(typed)
# ruleid: html-by-hand
HttpResponse(f"<p>{typed}</p>")
# ruleid: html-by-hand
Environment(loader=loader, autoescape=False)
# ok: html-by-hand
render(request, "page.html", {"typed": typed})


# ruleid: door-left-open
@csrf_exempt
def take(request):
    # ruleid: door-left-open
    response._csp_exempt = True


# ok: door-left-open
@require_POST
def take_well(request):
    pass


# ruleid: said-to-the-log
logger.warning("refused %s", person.national_code)
# ruleid: said-to-the-log
log.info(f"refused {person.last_name}")
# ok: said-to-the-log
logger.warning("refused %s", person.pk)
# ruleid: printed
print("here")
# ok: printed
self.stdout.write("here")
# ruleid: guessable
random.choice(letters)
# ruleid: guessable
hashlib.md5(content)
# ok: guessable
secrets.choice(letters)
# ruleid: decodes-any-picture
Image.open(content)
# ok: decodes-any-picture
Image.open(content, formats=["JPEG"])
# ruleid: xml-of-strangers
ElementTree.parse(content)
