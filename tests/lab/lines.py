"""Command lines that several tests send."""

VRTS = "PATH=$PATH:/sbin:/usr/sbin:/opt/VRTS/bin:/opt/VRTSvcs/bin "
MIGRATE = "migrlpar -o {} -m p9-east -t p9-west -p db01 --ip 127.0.0.1 -u hscroot"
RENAME = "chsyscfg -r lpar -m p9-west -i 'name={},new_name={}'"
RAISE = VRTS + "lltconfig -T peerinact:{}"
